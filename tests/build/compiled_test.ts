/** What can be checked of `deno compile` where its base runtime cannot be downloaded: everything up to starting the file. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { addAddon } from "../../src/build/addon.ts";
import { isBuildable, TARGETS } from "../../src/build/targets.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { ROOT } from "./alone.ts";
import { type Built, runCompile } from "./built.ts";

const host = TARGETS.find(({ triple }) => triple === Deno.build.target)!;

/** The paths that `deno compile` lists. */
function embedded(stderr: string): string[] {
  const list = stderr.slice(stderr.indexOf("Embedded Files"), stderr.indexOf("\nFiles: "));
  return [...list.matchAll(/^[├└│ ]*[├└][─┬]+ (\S+)/gm)].map((match) => match[1]!);
}

let built: Built;

Deno.test.beforeAll(async () => {
  // Any program of the right form serves as a base that is not started.
  built = await runCompile(["--target", host.triple], { DENORT_BIN: Deno.execPath() });
});

Deno.test.afterAll(async () => {
  await Deno.remove(built.out, { recursive: true });
});

Deno.test("deno task compile embeds the program, its migrations and one addon, nothing of the repository", async () => {
  assertEquals(built.code, 0, built.stderr);
  const name = `confluence-index-${host.triple}${host.os === "win32" ? ".exe" : ""}`;
  const files = (await Array.fromAsync(Deno.readDir(built.out))).map((entry) => entry.name).sort();
  assertEquals(files, ["SHA256SUMS", name]);
  assertStringIncludes(built.stdout, `${name}  compiled  `);

  const names = embedded(built.stderr);
  for (const part of ["main.js", "worker.js", "node_modules/*"]) assert(names.includes(part), built.stderr);
  assertEquals(
    names.filter((path) => !/^(main|worker|[\w-]+-[0-9A-Z]{8})\.js$|^node_modules\/\*$/.test(path)),
    [],
  );

  const bytes = await Deno.readFile(join(built.out, name));
  const own = new TextDecoder("latin1").decode(bytes.subarray((await Deno.stat(Deno.execPath())).size));
  const packages = new Set(
    [...own.matchAll(/@libsql\/((?:linux|darwin|win32)-[\w-]+)/g)].map((match) => match[1]),
  );
  const addon = host.addon!.replace("@libsql/", "");
  // Its name stands in its own package.json, and in nothing else that is embedded.
  assertEquals([...packages], [addon]);
  for await (const migration of Deno.readDir(join(ROOT, "migrations"))) {
    if (!migration.isFile) continue;
    const sql = await Deno.readTextFile(join(ROOT, "migrations", migration.name));
    for (
      const line of sql.split("\n").map((line) => line.trim()).filter((line) => /^[\w ();,=']+$/.test(line))
    ) {
      assertStringIncludes(own, line, migration.name);
    }
  }
  assert(!own.includes(ROOT), "no place of this machine is in the program");

  const baked = JSON.parse(/"permissions":(\{"allow_env".*?\})/.exec(own)![1]!);
  const { permissions } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const granted = Object.fromEntries(
    Object.entries(baked).filter(([kind, what]) =>
      kind.startsWith("allow_") && kind !== "allow_import" && what !== null
    ).map(([kind, what]) => [kind.slice("allow_".length), (what as string[]).length === 0 ? true : what]),
  );
  assertEquals(granted, permissions.cli, "the permission set of the tasks");
  assertEquals([baked.deny_import, baked.prompt], [[], false], "all imports are denied, nobody is asked");
});

const posix = Deno.build.os !== "windows";
Deno.test({
  name: `deno task compile makes a portable file where the base cannot be downloaded, and says so${
    posix ? "" : " (skipped: that needs a POSIX shell)"
  }`,
  ignore: !posix,
  fn: () =>
    withTempDir(async (denoDir) => {
      // Packages and the bundler are at hand, a base runtime is not, and the proxy is not there.
      const info = await new Deno.Command(Deno.execPath(), { args: ["info", "--json"] }).output();
      const { denoDir: real } = JSON.parse(new TextDecoder().decode(info.stdout));
      const other = TARGETS.filter(isBuildable).find(({ os, cpu }) => os === host.os && cpu !== host.cpu)!;
      await addAddon(other, join(denoDir, "program"), join(denoDir, "work"));
      await Deno.mkdir(join(denoDir, "dl"));
      await Deno.symlink(join(real, "npm"), join(denoDir, "npm"));
      for await (const { name } of Deno.readDir(join(real, "dl"))) {
        if (name.startsWith("esbuild")) await Deno.symlink(join(real, "dl", name), join(denoDir, "dl", name));
      }
      const built = await runCompile(["--quick", "--target", host.triple, "--target", other.triple], {
        DENO_DIR: denoDir,
        HTTPS_PROXY: "http://127.0.0.1:1",
        NO_PROXY: "",
      });
      const files = (await Array.fromAsync(Deno.readDir(built.out))).map(({ name }) => name).sort();
      await Deno.remove(built.out, { recursive: true });
      assertEquals([built.code, files], [1, ["SHA256SUMS", `confluence-index-${host.triple}`]], built.stderr);
      assertStringIncludes(built.stdout, `confluence-index-${host.triple}  portable  `);
      assertMatch(
        built.stderr,
        /^Making a portable file instead of a compiled one: the base runtime of deno compile cannot be downloaded and DENORT_BIN is not set \(.*denort-.*\)$/m,
      );
      assertStringIncludes(
        built.stderr,
        `error[incomplete]: Cannot compile for ${other.triple}: the base runtime`,
      );
    }),
});

Deno.test("deno task compile refuses what it cannot make, naming what it can", async () => {
  for (
    const [args, env, finding] of [
      [
        ["--target", "sparc-sun-solaris"],
        {},
        /there is no such target\nhint: Targets: x86_64-unknown-linux-gnu,/,
      ],
      [["--target", "aarch64-pc-windows-msvc"], {}, /libSQL has no native addon for it; the x86_64-/],
      [["--all", "--target", host.triple], {}, /--all and --target exclude each other/],
      [["--al"], {}, /--al is not known\nhint: See deno task compile --help/],
      [["--all"], { DENORT_BIN: Deno.execPath() }, /DENORT_BIN is the base of one/],
    ] as const
  ) {
    const built = await runCompile(args, env);
    const made = await Array.fromAsync(Deno.readDir(built.out));
    await Deno.remove(built.out, { recursive: true });
    assertEquals([built.code, built.stdout, made], [2, "", []]);
    assertMatch(built.stderr, finding);
  }
});

Deno.test("deno task compile makes no file on a base that cannot be used", async () => {
  const built = await runCompile(["--quick"], { DENORT_BIN: join(ROOT, "no-such-base") });
  const made = await Array.fromAsync(Deno.readDir(built.out));
  await Deno.remove(built.out, { recursive: true });
  assertEquals([built.code, built.stdout, made], [1, "", []]);
  assertStringIncludes(built.stderr, `error[incomplete]: Cannot compile for ${host.triple}: `);
});
