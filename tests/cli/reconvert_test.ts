/** `reconvert` through the command line, and what ingest says of it. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { openDatabase } from "../../src/database/mod.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

Deno.test("ingest tells of bodies that another version converted, and reconvert brings them up to date", () =>
  withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "DOCS", name: "Documents" });
    fake.site.addPage({ spaceKey: "DOCS", title: "Plan", body: "<p>lighthouse</p>" });
    await using site = await fake.serve();
    const run = (args: readonly string[]) => runCli([...args, "--db", "index.db"], { cwd: dir, site });
    const first = await run(["ingest", "--space", "DOCS"]);
    assertEquals(first.code, 0, first.stderr);
    assert(!first.stderr.includes("reconvert"), first.stderr);
    {
      await using database = await openDatabase(`file:${dir}/index.db`);
      await database.commit(["UPDATE pages SET converter_version = 0, body_text = ''"]);
    }
    assertEquals((await run(["search", "lighthouse", "-q"])).stdout, "");
    assertStringIncludes(
      (await run(["ingest"])).stderr,
      "1 bodies were converted by another version: run reconvert",
    );
    const { code, stdout } = await run(["reconvert", "--json", "-q"]);
    assertEquals([code, stdout], [0, '{"converted":1,"left":0}\n']);
    assertEquals(JSON.parse((await run(["search", "lighthouse"])).stdout).title, "Plan");
  }));

Deno.test("reconvert makes no index where there is none", () =>
  withTempDir(async (dir) => {
    const { code, stderr } = await runCli(["reconvert", "--db", "none.db"], { cwd: dir });
    assertEquals(code, 2);
    assertStringIncludes(stderr, "there is no such file");
    assertEquals(await Array.fromAsync(Deno.readDir(dir), ({ name }) => name), []);
  }));
