/** The parts of the build that are worth a look of their own. */
import { assert, assertEquals, assertRejects, assertThrows } from "@std/assert";
import { join } from "@std/path";
import { checksumLine, sha256, writeChecksums } from "../../src/build/checksums.ts";
import { compile } from "../../src/build/compiled.ts";
import { readOptions } from "../../src/build/options.ts";
import { permissionFlags } from "../../src/build/permission_flags.ts";
import { lockedPackage, readLock } from "../../src/build/project.ts";
import { tar, tarEntries } from "../../src/build/tar.ts";
import { fileName, isBuildable, TARGETS } from "../../src/build/targets.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { withTempDir } from "../support/temp_dir.ts";

const HOST = "x86_64-unknown-linux-gnu";

Deno.test("TARGETS names addons that libsql itself would load, each locked with its integrity", async () => {
  const lock = await readLock();
  const { entry } = lockedPackage(lock, "libsql");
  for (const target of TARGETS.filter(isBuildable)) {
    assert((entry.optionalDependencies as string[]).includes(target.addon), target.addon);
    const locked = lockedPackage(lock, target.addon);
    assertEquals([locked.entry.os, locked.entry.cpu], [[target.os], [target.cpu]]);
    assert(String(locked.entry.integrity).startsWith("sha512-"));
  }
  assertEquals(TARGETS.filter((target) => !isBuildable(target)).map(({ triple }) => triple), [
    "aarch64-pc-windows-msvc",
  ]);
});

Deno.test("readOptions takes this machine, named targets or all, and names the files accordingly", () => {
  const files = (args: string[]) => {
    const options = readOptions(args, HOST)!;
    return options.targets.map((target) => fileName(target, options.named));
  };
  assertEquals(files([]), ["confluence-index"]);
  assertEquals(files(["--target", HOST, "--target", HOST]), [`confluence-index-${HOST}`]);
  assertEquals(files(["--all"]), [
    "confluence-index-x86_64-unknown-linux-gnu",
    "confluence-index-aarch64-unknown-linux-gnu",
    "confluence-index-x86_64-apple-darwin",
    "confluence-index-aarch64-apple-darwin",
    "confluence-index-x86_64-pc-windows-msvc.exe",
  ]);
  assertEquals(readOptions(["--all"], HOST)!.left.length, 1);
  assertEquals(readOptions(["--help", "--what"], HOST), null);
  assertThrows(() => readOptions(["stray"], HOST), ConfluenceIndexError, "stray is not known");
  assertThrows(
    () => readOptions(["--all", "--portable"], HOST),
    ConfluenceIndexError,
    "--portable is for this",
  );
});

Deno.test("permissionFlags grants what the set says and takes away asking and importing", () => {
  const flags = permissionFlags({ net: true, env: ["A", "B"], sys: ["cpus"] }, ["worker-options"]);
  assertEquals(flags, [
    "--no-prompt",
    "--no-remote",
    "--deny-import",
    "--unstable-worker-options",
    "--allow-net",
    "--allow-env=A,B",
    "--allow-sys=cpus",
  ]);
});

Deno.test("writeChecksums covers every built file of a folder and nothing else", () =>
  withTempDir(async (dir) => {
    await Deno.writeTextFile(join(dir, "confluence-index"), "abc");
    await Deno.writeTextFile(join(dir, "notes"), "");
    const abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    assertEquals([...await writeChecksums(dir)], [["confluence-index", abc]]);
    assertEquals(await Deno.readTextFile(join(dir, "SHA256SUMS")), checksumLine(abc, "confluence-index"));
    assertEquals(await sha256(join(dir, "confluence-index")), abc);
  }));

const noTar = Deno.build.os === "windows";
Deno.test({
  name: `tar is read back by tar, with private modes and the same bytes each time${
    noTar ? " (skipped: made for POSIX systems)" : ""
  }`,
  ignore: noTar,
  fn: () =>
    withTempDir(async (dir) => {
      const folder = join(dir, "from");
      await Deno.mkdir(join(folder, "sub", "@scope"), { recursive: true });
      // Around the size of a block, where padding goes wrong first.
      for (const size of [0, 1, 511, 512, 513, 100_000]) {
        await Deno.writeFile(join(folder, "sub", `b${size}`), new Uint8Array(size).fill(size & 0xff));
      }
      await Deno.writeTextFile(join(folder, "sub", "@scope", "x.js"), "x", { mode: 0o666 });
      const pack = async () => {
        const entries = (await tarEntries(folder, "program")).map((entry) =>
          entry.name === "program/sub/b1" ? { ...entry, executable: true } : entry
        );
        return new Uint8Array(await new Blob(await Array.fromAsync(tar(entries))).arrayBuffer());
      };
      const bytes = await pack();
      await Deno.utime(join(folder, "sub", "b1"), new Date(0), new Date(0));
      assertEquals(bytes, await pack());

      const to = join(dir, "to");
      await Deno.mkdir(to);
      await Deno.writeFile(join(dir, "a.tar"), bytes);
      const { success } = await new Deno.Command("tar", { args: ["-xf", "../a.tar"], cwd: to }).output();
      assert(success);
      for (const size of [0, 1, 511, 512, 513, 100_000]) {
        const path = join(to, "program", "sub", `b${size}`);
        assertEquals((await Deno.readFile(path)).length, size);
        assertEquals((await Deno.stat(path)).mode! & 0o777, size === 1 ? 0o700 : 0o600);
      }
      assertEquals((await Deno.stat(join(to, "program", "sub", "@scope"))).mode! & 0o777, 0o700);
    }),
});

Deno.test("tar refuses a name that its form cannot hold", async () => {
  await assertRejects(() => Array.fromAsync(tar([{ name: `${"x".repeat(101)}/` }])), Error, "too long");
});

Deno.test("compile tells a missing base runtime from any other failure", () =>
  withTempDir(async (dir) => {
    const target = TARGETS.filter(isBuildable).find(({ triple }) => triple === Deno.build.target)!;
    await assertRejects(
      () => compile(dir, join(dir, "file"), target, []),
      ConfluenceIndexError,
      `Cannot compile for ${target.triple}: `,
    );
  }));
