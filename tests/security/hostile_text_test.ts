/** Text of the site is data: to the terminal, to SQL, to spreadsheets and to the file system. */
import { assert, assertEquals } from "@std/assert";
import { filesBelow, movesTerminal, withWorld } from "./world.ts";

const ESCAPES = "\u001b]0;owned\u0007\u001b[2J\u009b31m\u202egnp.exe\r\u0008\u2028";

Deno.test("terminal escapes in titles, names and errors reach no screen", () =>
  withWorld(async ({ fake, run }) => {
    fake.site.addSpace({ key: "DOCS", name: `Docs ${ESCAPES}` });
    const page = fake.site.addPage({ spaceKey: "DOCS", title: `One ${ESCAPES}`, body: "<p>word</p>" });
    fake.site.attach(page.id, { filename: `a${ESCAPES}.txt`, mediaType: `text/${ESCAPES}` });
    const broken = fake.site.addPage({ spaceKey: "DOCS", title: `Two ${ESCAPES}` });
    fake.faults.add({
      kind: "bad-rows",
      ids: [broken.id],
      change: (row) => ({ ...row, version: ESCAPES }),
      times: Infinity,
    });
    const seen: string[] = [];
    const look = async (...args: string[]) => {
      const { stdout, stderr } = await run(args);
      seen.push(stdout, stderr);
      assert(!movesTerminal(stdout + stderr), `${args.join(" ")}: ${JSON.stringify(stdout + stderr)}`);
    };
    await look("ingest", "--space", "DOCS", "--log-level", "debug");
    await look("status", "--format", "table");
    await look("status", "--json");
    await look("diff");
    await look("doctor", "--space", `x${ESCAPES}`);
    await look("query", "SELECT * FROM pages", "--format", "table");
    await look("query", "SELECT title FROM pages", "--format", "json");
    await look("query", `SELECT * FROM "${ESCAPES.replaceAll("\u0000", "")}"`);
    await look("ingest", "--space", `NOPE${ESCAPES}`);
    assert(seen.some((text) => text.includes("\\x1b")), "it is shown, not dropped");
    fake.faults.add({
      kind: "status",
      status: 400,
      times: Infinity,
      match: { path: "/user/current" },
    });
    fake.faults.add({ kind: "transform", change: () => ({ message: ESCAPES }), times: Infinity });
    await look("ingest", "--space", "DOCS");
  }));

const INJECTIONS = [
  "'; DROP TABLE pages; --",
  "\"; DELETE FROM pages WHERE '1'='1",
  "') OR 1=1 --",
  "`x`]; ATTACH 'x.db' AS y; --",
  ":name ?1 @x $y %s \\",
  "Robert'); INSERT INTO pages SELECT * FROM pages; --",
];

Deno.test("SQL in every text field is stored and given back as text", () =>
  withWorld(async ({ dir, fake, run }) => {
    const spaces = INJECTIONS.map((injection, i) => {
      const space = fake.site.addSpace({ key: `~${i}${injection}`, name: injection });
      fake.site.addUser({ accountId: `557058:${injection}`, displayName: injection });
      const page = fake.site.addPage({
        spaceKey: space.key,
        title: injection,
        authorId: `557058:${injection}`,
      });
      fake.site.addLabel(page.id, injection);
      fake.site.attach(page.id, { filename: injection, mediaType: injection, comment: injection });
      return { ...space, pageId: page.id, injection };
    });
    for (let round = 0; round < 2; round++) {
      for (const { pageId, injection } of spaces) {
        fake.site.editPage(pageId, {
          title: `${injection} ${round}`,
          message: injection,
          body: `<p>${round} ${injection.replace(/[<&]/g, "")}</p>`,
        });
      }
      const ingest = await run(["ingest", "--all-spaces"]);
      assertEquals(ingest.code, 0, ingest.stderr);
    }
    const ask = async (sql: string, ...args: string[]) => {
      const { code, stdout, stderr } = await run(["query", sql, "--format", "json", ...args]);
      assertEquals(code, 0, stderr);
      return JSON.parse(stdout) as Record<string, unknown>[];
    };
    const pages = await ask(
      "SELECT p.title, p.space_key, p.author_id, p.version_message, s.name, a.filename, a.media_type, a.comment FROM " +
        "current_pages p JOIN spaces s ON s.id = p.space_id JOIN current_attachments a ON a.page_id = p.id ORDER BY p.space_key",
    );
    assertEquals(
      pages,
      spaces.toSorted((a, b) => a.key < b.key ? -1 : 1).map(({ key, injection }) => ({
        title: `${injection} 1`,
        space_key: key,
        author_id: `557058:${injection}`,
        version_message: injection,
        name: injection,
        filename: injection,
        media_type: injection,
        comment: injection,
      })),
    );
    const title = `${INJECTIONS[0]} 1`;
    const found = await ask(
      "SELECT count(*) AS n FROM current_pages WHERE title = :t",
      "--param",
      `t=${title}`,
    );
    assertEquals(found, [{ n: 1 }]);
    assertEquals(await ask("SELECT count(*) AS n FROM pages"), [{ n: 2 * INJECTIONS.length }]);
    assertEquals((await run(["export"])).code, 0);
    const lines = (await Deno.readTextFile(`${dir}/var/export/confluence.ndjson`)).trimEnd().split("\n");
    assertEquals(
      lines.map((line) => JSON.parse(line).title).sort(),
      INJECTIONS.map((text) => `${text} 1`).sort(),
    );
  }));

Deno.test("a title that a spreadsheet would run is disarmed in CSV", () =>
  withWorld(async ({ fake, run }) => {
    fake.site.addSpace({ key: "DOCS", name: "Docs" });
    const titles = ["=cmd|' /C calc'!A0", '=HYPERLINK("http://x","y")', "+1+1", "-2+3", "@SUM(1)", "\t=1+1"];
    for (const title of titles) fake.site.addPage({ spaceKey: "DOCS", title });
    assertEquals((await run(["ingest", "--space", "DOCS"])).code, 0);
    const { stdout } = await run(["query", "SELECT title FROM current_pages", "--format", "csv"]);
    const cells = stdout.trimEnd().split("\n").slice(1);
    assertEquals(cells.length, titles.length);
    for (const cell of cells) assert(/^"?'/.test(cell), cell);
  }));

const PATHS = [
  "../../../../escaped",
  "..\\..\\escaped",
  "/etc/escaped",
  "C:\\escaped",
  "CON",
  "nul.txt",
  "a\u0000b",
  ".",
  "..",
  "con.",
  " ",
  "ä".repeat(200),
  "x".repeat(255),
  "~/.ssh/authorized_keys",
  "file:///etc/passwd",
];

Deno.test("names from the site never become paths", () =>
  withWorld(async ({ dir, fake, run }) => {
    fake.site.addSpace({ key: "DOCS", name: "../../escaped" });
    PATHS.forEach((name, i) => {
      const page = fake.site.addPage({
        spaceKey: "DOCS",
        title: `${name.trim() === "" ? "blank" : name}${i}`,
      });
      fake.site.attach(page.id, { filename: name });
    });
    const ingest = await run(["ingest", "--space", "DOCS"]);
    assertEquals(ingest.code, 0, ingest.stderr);
    const id = ingest.stdout.trim();
    assertEquals((await run(["export"])).code, 0);
    assertEquals((await filesBelow(dir)).filter((path) => !/-(wal|shm)$/.test(path)), [
      "var/confluence.db",
      ...["confluence.ndjson", "deleted.ndjson", "manifest.json"].map((name) => `var/export/${name}`),
      ...["confluence.ndjson", "deleted.ndjson", "manifest.json", "metrics.json"].map((name) =>
        `var/runs/${id}/ingest/${name}`
      ),
    ]);
    const [page] = JSON.parse(
      (await run(["query", "SELECT count(*) AS n FROM current_attachments", "--format", "json"])).stdout,
    );
    assertEquals(page.n, PATHS.length);
  }));

Deno.test("a run id that was tampered with leads out of no output folder", () =>
  withWorld(async ({ dir, fake, run }) => {
    fake.site.addSpace({ key: "DOCS", name: "Docs" });
    fake.site.addPage({ spaceKey: "DOCS", title: "One" });
    const id = (await run(["ingest", "--space", "DOCS"])).stdout.trim();
    const { DatabaseSync } = await import("node:sqlite");
    const index = new DatabaseSync(`${dir}/var/confluence.db`);
    const evil = "../../../escaped";
    index.prepare("UPDATE runs SET id = ? WHERE id = ?").run(evil, id);
    index.close();
    const result = await run(["export", "--run", evil]);
    assertEquals(result.code, 1, result.stderr);
    assert(result.stderr.includes("is no name for a folder"), result.stderr);
    const unknown = await run(["export", "--run", "../../other"]);
    assertEquals(unknown.code, 2);
    assertEquals((await filesBelow(dir)).filter((path) => path.includes("escaped")), []);
  }));
