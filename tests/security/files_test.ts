/** What is written is private, and goes where it was meant to go. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { cliCommand } from "../support/run_cli.ts";
import { filesBelow, withWorld, type World } from "./world.ts";

const isUnix = Deno.build.os !== "windows";

function unixTest(name: string, work: (world: World) => Promise<void>): void {
  Deno.test({
    name: isUnix ? name : `${name} (skipped: no such links and modes here)`,
    ignore: !isUnix,
    fn: () =>
      withWorld(async (world) => {
        world.fake.site.addSpace({ key: "DOCS", name: "Docs" });
        world.fake.site.addPage({ spaceKey: "DOCS", title: "One" });
        await work(world);
      }),
  });
}

/** The permission bits of everything below a folder, by path. */
async function modesBelow(dir: string, below = ""): Promise<Record<string, string>> {
  const modes: Record<string, string> = {};
  for await (const { name, isDirectory } of Deno.readDir(`${dir}/${below}`)) {
    const path = `${below}${name}`;
    modes[path] = ((await Deno.lstat(`${dir}/${path}`)).mode! & 0o777).toString(8);
    if (isDirectory) Object.assign(modes, await modesBelow(dir, `${path}/`));
  }
  return modes;
}

for (const umask of ["000", "022"]) {
  unixTest(
    `index, journal and artifacts are private to the user, also under umask ${umask}`,
    async ({ dir, fake, server }) => {
      let during: Record<string, string> = {};
      fake.faults.onRequest(async ({ path }) => {
        // While the index is open, its journal lies beside it.
        if (path.includes("/pages")) during = await modesBelow(dir);
      });
      for (const args of [["ingest", "--space", "DOCS"], ["export"]]) {
        const { args: argv, env } = cliCommand(args, { cwd: dir, site: server });
        const { success, stderr } = await new Deno.Command("sh", {
          args: ["-c", `umask ${umask}; exec "$0" "$@"`, Deno.execPath(), ...argv],
          cwd: dir,
          clearEnv: true,
          env,
        }).output();
        assert(success, new TextDecoder().decode(stderr));
      }
      const after = await modesBelow(dir);
      assert(Object.keys(during).some((path) => path.endsWith(".db-wal")), JSON.stringify(during));
      assert("var/export/manifest.json" in after, JSON.stringify(after));
      for (const [path, mode] of [...Object.entries(during), ...Object.entries(after)]) {
        assertEquals(mode, /\.\w+(-\w+)?$/.test(path) ? "600" : "700", path);
      }
    },
  );
}

unixTest(
  "a link in place of the index or of its journal is refused and not written through",
  async ({ dir, run }) => {
    await Deno.mkdir(`${dir}/var`);
    await Deno.writeTextFile(`${dir}/target`, "");
    for (const name of ["confluence.db", "confluence.db-wal", "confluence.db-journal", "confluence.db-shm"]) {
      await Deno.symlink(`${dir}/target`, `${dir}/var/${name}`);
      const result = await run(["ingest", "--space", "DOCS"]);
      assertEquals(result.code, 2, result.stderr);
      assertStringIncludes(result.stderr, `${name} is a link`);
      assertEquals((await Deno.stat(`${dir}/target`)).size, 0);
      await Deno.remove(`${dir}/var/${name}`);
      await Deno.remove(`${dir}/var/confluence.db`).catch(() => {});
    }
  },
);

unixTest("a link in place of a folder below the output folder is refused", async ({ dir, run }) => {
  await Deno.mkdir(`${dir}/elsewhere`);
  const first = (await run(["ingest", "--space", "DOCS", "--db", "x.db", "--out", "first"])).stdout.trim();
  const plant = async (path: string, args: readonly string[]) => {
    await Deno.mkdir(`${dir}/${path.replace(/\/[^/]*$/, "")}`, { recursive: true });
    await Deno.symlink(`${dir}/elsewhere`, `${dir}/${path}`);
    const result = await run([...args, "--db", "x.db"]);
    assertEquals(result.code, 1, result.stderr);
    assertStringIncludes(result.stderr, "it is a link or a file, not a folder");
    assertEquals(await filesBelow(`${dir}/elsewhere`), []);
  };
  await plant("a/runs", ["ingest", "--space", "DOCS", "--out", "a"]);
  await plant(`b/runs/${first}`, ["export", "--run", first, "--out", "b"]);
  await plant(`c/runs/${first}/ingest`, ["export", "--run", first, "--out", "c"]);
  await plant("d/export", ["export", "--out", "d"]);
  await plant("e/export", ["export", "--format", "csv", "--out", "e"]);
  await plant("f/export", ["export", "--format", "markdown", "--out", "f"]);
  await plant("g/export/markdown", ["export", "--format", "markdown", "--out", "g"]);
});

unixTest("a Markdown export removes nothing through a link", async ({ dir, fake, run }) => {
  fake.site.addSpace({ key: "TEAM", name: "Team" });
  await run(["ingest", "--space", "DOCS"]);
  await run(["export", "--format", "markdown", "--out", "theirs"]);
  const before = await filesBelow(`${dir}/theirs`);
  await run(["ingest", "--space", "TEAM", "--db", "other.db", "--out", "second"]);
  for (const [link, target] of [["export", "theirs/export"], ["export/markdown", "theirs/export/markdown"]]) {
    await Deno.remove(`${dir}/mine`, { recursive: true }).catch(() => {});
    await Deno.mkdir(`${dir}/mine/${link}`.replace(/\/[^/]*$/, ""), { recursive: true });
    await Deno.symlink(`${dir}/${target}`, `${dir}/mine/${link}`);
    const result = await run(["export", "--format", "markdown", "--db", "other.db", "--out", "mine"]);
    assertEquals(result.code, 1, result.stderr);
    assertEquals(await filesBelow(`${dir}/theirs`), before, link);
  }
});

unixTest("a link in place of an artifact is replaced, and what it leads to stays", async ({ dir, run }) => {
  await run(["ingest", "--space", "DOCS"]);
  await Deno.writeTextFile(`${dir}/target`, "untouched");
  await Deno.mkdir(`${dir}/out/export`, { recursive: true });
  for (const name of ["manifest.json", "confluence.ndjson", "deleted.ndjson"]) {
    await Deno.symlink(`${dir}/target`, `${dir}/out/export/${name}`);
  }
  const result = await run(["export", "--out", "out"]);
  assertEquals(result.code, 0, result.stderr);
  assertEquals(await Deno.readTextFile(`${dir}/target`), "untouched");
  for (const name of ["manifest.json", "confluence.ndjson", "deleted.ndjson"]) {
    assert((await Deno.lstat(`${dir}/out/export/${name}`)).isFile, name);
  }
});

unixTest("an output folder that is a link itself is its owner's choice", async ({ dir, run }) => {
  await Deno.mkdir(`${dir}/disk`);
  await Deno.symlink(`${dir}/disk`, `${dir}/out`);
  const result = await run(["ingest", "--space", "DOCS", "--out", "out"]);
  assertEquals(result.code, 0, result.stderr);
  assertEquals((await filesBelow(`${dir}/disk`)).length, 4);
});
