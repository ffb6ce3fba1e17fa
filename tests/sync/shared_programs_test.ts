/** Several programs, each a process of its own, with one index on one server. */
import { assert, assertEquals } from "@std/assert";
import { openDatabase } from "../../src/database/mod.ts";
import { startProxy } from "../support/database_proxy.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { runCli } from "../support/run_cli.ts";
import { noSqld, startSqld } from "../support/sqld.ts";
import { withTempDir } from "../support/temp_dir.ts";

const ignore = noSqld !== undefined;
const why = ignore ? ` (${noSqld})` : "";
const KEYS = ["A", "B", "C", "D"];

const STATE = `SELECT id, version, space_key, title, deleted_at IS NULL AS alive, deletion_reason, body
  FROM pages WHERE is_current = 1 ORDER BY id`;

Deno.test(`programs that share a server write each space one at a time, and nothing twice${why}`, {
  ignore,
}, () =>
  withTempDir(async (dir) => {
    await using server = await startSqld();
    const fake = new FakeConfluence();
    for (const key of KEYS) {
      fake.site.addSpace({ key, name: key });
      for (let n = 1; n <= 120; n++) {
        const { id } = fake.site.addPage({ spaceKey: key, title: `${key} ${n}`, body: `<p>${n}</p>` });
        if (n % 6 === 0) fake.site.attach(id, { filename: `${n}.png` });
      }
    }
    // Small answers that take a moment, so that the programs meet in the middle of their work.
    fake.faults.add({
      kind: "short-page",
      rows: 20,
      times: Infinity,
      match: { path: /\/(pages|search)(\?|$)/ },
    });
    fake.site.settings.latencyMs = 10;
    await using site = await fake.serve();
    const program = async (db: string, ...args: string[]) => {
      const { code, stderr } = await runCli([
        "ingest",
        "--rps",
        "1000",
        "--wait",
        "--db",
        db,
        ...args,
      ], {
        cwd: dir,
        site,
      });
      assertEquals(code, 0, stderr);
    };
    const spaces = (...keys: string[]) => keys.flatMap((key) => ["--space", key]);
    await Promise.all([
      program(server.url, ...spaces("A", "B"), "--out", "one"),
      program(server.url, ...spaces("C", "D"), "--out", "two"),
      program(server.url, ...spaces("B", "C"), "--out", "three"),
    ]);
    await using database = await openDatabase(server.url);
    assertEquals(
      await database.all("SELECT kind, subject, count(*) AS n FROM events GROUP BY 1, 2 ORDER BY 2, 1"),
      [
        { kind: "added", subject: "attachment", n: 80 },
        { kind: "added", subject: "page", n: 480 },
      ],
    );
    // Pages on their way between the spaces of two programs.
    const ids = [...fake.site.state.pages.rows].map(({ id }) => id);
    ids.forEach((id, n) => {
      if (n % 3 === 0) fake.site.movePage(id, { spaceKey: KEYS[(n + n / 3) % 4]! });
      else if (n % 7 === 0) fake.site.trashPage(id);
      else if (n % 5 === 0) fake.site.editPage(id, { body: `<p>edited ${id}</p>` });
    });
    const reconcile = ["--reconcile", "--allow-mass-deletion"];
    await Promise.all([
      program(server.url, ...spaces("A", "C"), ...reconcile, "--out", "one"),
      program(server.url, ...spaces("B", "D"), ...reconcile, "--out", "two"),
    ]);
    // What one saw go before the other saw it come is settled by the next.
    await program(server.url, ...reconcile, "--out", "one");
    await program(`file:${dir}/control.db`, ...spaces(...KEYS), "--out", "control");
    await using control = await openDatabase(`file:${dir}/control.db`);
    const alive = (rows: Record<string, unknown>[]) => rows.filter((row) => row["alive"] === 1);
    assertEquals(alive(await database.all(STATE)), await control.all(STATE));
    assertEquals(await database.all("SELECT DISTINCT status FROM runs"), [{ status: "complete" }]);
    assertEquals(await database.all("SELECT * FROM leases"), []);
    assertEquals(
      await database.all(`SELECT id FROM pages GROUP BY id HAVING sum(is_current) <> 1
        UNION ALL SELECT subject_id FROM events WHERE kind = 'added' GROUP BY subject, subject_id HAVING count(*) > 1`),
      [],
    );
  }));

Deno.test(
  `ingest takes one round trip for each batch that it writes, whatever is in it${why}`,
  { ignore },
  () =>
    withTempDir(async (dir) => {
      const fake = new FakeConfluence();
      for (const [key, pages] of [["SMALL", 250], ["BIG", 1000]] as const) {
        fake.site.addSpace({ key, name: key });
        fake.site.fill({ spaceKey: key, pages, bodyBytes: 50, attachments: pages / 10 });
      }
      await using site = await fake.serve();
      const asked = async (key: string) => {
        await using server = await startSqld();
        await using proxy = await startProxy(server.url);
        const bodies: string[] = [];
        proxy.onRequest = (body) => bodies.push(body);
        const { code, stderr } = await runCli(
          ["ingest", "--space", key, "--rps", "1000", "--db", proxy.url],
          {
            cwd: dir,
            site,
          },
        );
        assertEquals(code, 0, stderr);
        return {
          all: bodies.length,
          writing: bodies.filter((body) => /insert into \W*pages\b/i.test(body)),
        };
      };
      const small = await asked("SMALL");
      const big = await asked("BIG");
      assertEquals([small.writing.length, big.writing.length], [1, 4]);
      for (const body of [...small.writing, ...big.writing]) {
        assert(/BEGIN IMMEDIATE/.test(body) && /COMMIT/.test(body));
      }
      // Each further batch of 250 pages takes a few questions and no more, however many rows there are.
      const perBatch = (big.all - small.all) / 3;
      assert(perBatch <= 20, `${perBatch} round trips for a batch`);
    }),
);
