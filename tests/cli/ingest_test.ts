import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { openDatabase } from "../../src/database/mod.ts";
import { FakeConfluence, loadSite } from "../support/fake/mod.ts";
import { type CliOptions, runCli, startCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

interface World {
  readonly fake: FakeConfluence;
  readonly dir: string;
  readonly options: CliOptions;
  run(...args: string[]): ReturnType<typeof runCli>;
  lines(path: string): Promise<Record<string, unknown>[]>;
}

/** A served fake site, and an empty folder to work in. */
async function withWorld(work: (world: World) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    await using server = await fake.serve();
    const options = { cwd: dir, site: server };
    await work({
      fake,
      dir,
      options,
      run: (...args) => runCli(args, options),
      lines: async (path) => {
        const text = await Deno.readTextFile(`${dir}/${path}`);
        return text.split("\n").filter((line) => line !== "").map((line) => JSON.parse(line));
      },
    });
  });
}

Deno.test("ingest reads the whole sample site, accounts for every page and writes the artifacts", () =>
  withWorld(async ({ fake, run, lines, dir }) => {
    await loadSite(fake.site, "fixtures/site");
    const result = await run("ingest", "--all-spaces");
    assertEquals(result.code, 0, result.stderr);
    const runId = result.stdout.trim();
    assertMatch(runId, /^\d{8}T\d{6}Z-[0-9a-f]{6}$/);
    assertStringIncludes(result.stderr, "complete: every listed page is accounted for");

    const visible = fake.site.visiblePages();
    const folder = `var/runs/${runId}/ingest`;
    const pages = await lines(`${folder}/confluence.ndjson`);
    assertEquals(pages.length, visible.length);
    assertEquals(pages.map(({ id }) => id).sort(), visible.map(({ id }) => id).sort());
    for (const page of pages) {
      assertMatch(String(page.url), /^http:\/\/127\.0\.0\.1:\d+\/wiki\/spaces\/[^/]+\/(pages\/\d+|overview)/);
      assertEquals(typeof page.body_html, "string");
      for (const { download_url: url } of page.attachments as { download_url: string }[]) {
        assertMatch(
          url,
          /^http:\/\/127\.0\.0\.1:\d+\/wiki\/rest\/api\/content\/\d+\/child\/attachment\/att\d+\/download$/,
        );
      }
    }
    const attachments = pages.flatMap((page) => page.attachments as unknown[]);
    assertEquals(attachments.length, fake.site.visibleAttachments().length);

    const manifest = JSON.parse(await Deno.readTextFile(`${dir}/${folder}/manifest.json`));
    assertEquals(manifest.run_id, runId);
    for (const { name, bytes, sha256, lines } of manifest.artifacts) {
      const content = await Deno.readFile(`${dir}/${folder}/${name}`);
      const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", content)).toHex();
      assertEquals([content.byteLength, digest, content.filter((byte) => byte === 10).length], [
        bytes,
        sha256,
        lines,
      ]);
    }
    const metrics = JSON.parse(await Deno.readTextFile(`${dir}/${folder}/metrics.json`));
    assertEquals([metrics.pages, metrics.added, metrics.complete], [visible.length, visible.length, true]);
    assertEquals(metrics.requests, fake.counters.total);
  }));

Deno.test("export writes the very same bytes again, for a run and for the state", () =>
  withWorld(async ({ fake, run, dir }) => {
    await loadSite(fake.site, "fixtures/site");
    const runId = (await run("ingest", "--all-spaces")).stdout.trim();
    const asked = fake.counters.total;
    const again = await run("export", "--run", runId, "--out", "again");
    assertEquals(again.code, 0, again.stderr);
    for (const name of ["confluence.ndjson", "deleted.ndjson", "metrics.json", "manifest.json"]) {
      assertEquals(
        await Deno.readTextFile(`${dir}/again/runs/${runId}/ingest/${name}`),
        await Deno.readTextFile(`${dir}/var/runs/${runId}/ingest/${name}`),
        name,
      );
    }
    assertEquals((await run("export", "--out", "a")).code, 0);
    assertEquals((await run("export", "--out", "b")).code, 0);
    for (const name of ["confluence.ndjson", "deleted.ndjson", "manifest.json"]) {
      assertEquals(
        await Deno.readTextFile(`${dir}/a/export/${name}`),
        await Deno.readTextFile(`${dir}/b/export/${name}`),
      );
    }
    assertEquals(fake.counters.total, asked);
  }));

Deno.test("ingest finds spaces by key in any case, personal ones and by id, and names unknown ones", () =>
  withWorld(async ({ fake, run, dir }) => {
    await loadSite(fake.site, "fixtures/site");
    const personal = "~7120204F1C9AE06B7D4B5E8F21C3A9D0E6B7F2";
    const result = await run(
      "ingest",
      "--space",
      "eng",
      "--space",
      personal,
      "--space-id",
      "66139",
      "--json",
    );
    assertEquals(result.code, 0, result.stderr);
    assertEquals(JSON.parse(result.stdout).spaces, 3);

    const unknown = await run(
      "ingest",
      "--space",
      "ENG",
      "--space",
      "NOWHERE",
      "--space-id",
      "42",
      "--db",
      "file:other.db",
    );
    assertEquals(unknown.code, 2);
    assertStringIncludes(unknown.stderr, '"NOWHERE", id 42');
    assertEquals(unknown.stdout, "");
    assert(
      (await run("query", "SELECT count(*) AS n FROM runs", "--db", "file:other.db")).stdout.includes(
        '{"n":0}',
      ),
      dir,
    );
  }));

Deno.test("ingest without a selection takes the indexed spaces, or says how to name one", () =>
  withWorld(async ({ fake, run }) => {
    fake.site.addSpace({ key: "A", name: "A" });
    fake.site.addSpace({ key: "B", name: "B" });
    fake.site.addPage({ spaceKey: "A", title: "One" });
    const empty = await run("ingest");
    assertEquals(empty.code, 2);
    assertStringIncludes(empty.stderr, "--space KEY");
    assertEquals((await run("ingest", "--space", "A")).code, 0);
    fake.site.addPage({ spaceKey: "A", title: "Two" });
    const second = await run("ingest", "--json", "--reconcile");
    assertEquals([JSON.parse(second.stdout).spaces, JSON.parse(second.stdout).added], [1, 1], second.stderr);
  }));

Deno.test("ingest with wrong credentials writes nothing and ends with 2", () =>
  withWorld(async ({ fake, run, options }) => {
    fake.site.addSpace({ key: "A", name: "A" });
    const result = await runCli(["ingest", "--space", "A"], {
      ...options,
      env: { CONFLUENCE_API_TOKEN: "a-revoked-token" },
    });
    assertEquals(result.code, 2, result.stderr);
    assertStringIncludes(result.stderr, "error[authentication]");
    assert(!result.stderr.includes("a-revoked-token"));
    assertEquals((await run("query", "SELECT count(*) AS n FROM runs")).stdout.trim(), '{"n":0}');
  }));

Deno.test("ingest with nobody listening says so and ends with 2", () =>
  withTempDir(async (dir) => {
    const result = await runCli(["ingest", "--space", "A", "--rps", "1000"], {
      cwd: dir,
      site: { baseUrl: "http://127.0.0.1:1/wiki" },
    });
    assertEquals(result.code, 2, result.stderr);
    assertStringIncludes(result.stderr, "error[network]");
  }));

Deno.test("ingest goes past a page that the server cannot deliver, and records it", () =>
  withWorld(async ({ fake, run }) => {
    fake.site.addSpace({ key: "A", name: "A" });
    const pages = Array.from(
      { length: 5 },
      (_, i) => fake.site.addPage({ spaceKey: "A", title: `Page ${i}` }),
    );
    fake.faults.poisonPages.add(pages[2]!.id);
    const result = await run("ingest", "--space", "A", "--json", "--rps", "1000");
    assertEquals(result.code, 1, result.stderr);
    const metrics = JSON.parse(result.stdout);
    assertEquals([metrics.pages, metrics.added, metrics.failed, metrics.complete], [5, 4, 1, false]);
    assertEquals(
      (await run("query", "SELECT kind, id, reason, attempts FROM failures")).stdout.trim(),
      JSON.stringify({ kind: "page", id: pages[2]!.id, reason: "body", attempts: 1 }),
    );
  }));

Deno.test("ingest, plan and doctor refuse a --space-id that is no id, before any request", () =>
  withWorld(async ({ fake, run }) => {
    for (const command of ["ingest", "plan", "doctor"]) {
      const { code, stdout, stderr } = await run(command, "--space-id", "abc");
      assertEquals([code, stdout], [2, ""], command);
      assertStringIncludes(
        stderr,
        'error[usage]: Cannot read --space-id: "abc" is no id\nhint: An id is a number',
      );
    }
    assertEquals(fake.counters.log, []);
  }));

Deno.test("ingest --quiet says nothing of a good run, and why another is incomplete", () =>
  withWorld(async ({ fake, run }) => {
    fake.site.addSpace({ key: "DOCS", name: "Documents" });
    const { pageIds } = fake.site.fill({ spaceKey: "DOCS", pages: 20 });
    // One that went well at the second attempt is good too.
    fake.faults.add({ kind: "status", status: 503, times: 1 });
    const good = await run("ingest", "--all-spaces", "--quiet");
    assertEquals([good.code, good.stderr], [0, ""]);
    for (const id of pageIds.slice(0, 15)) fake.site.trashPage(id);
    const held = await run("ingest", "--reconcile", "--quiet");
    assertEquals(held.code, 1);
    assertMatch(held.stderr, /^DOCS: the brake held: 15 pages of DOCS are missing/);
    assertStringIncludes(held.stderr, "incomplete: later runs try again");
  }));

Deno.test("ingest --max-pages stops there, keeps the mark, and proves nothing", () =>
  withWorld(async ({ fake, run }) => {
    fake.site.addSpace({ key: "A", name: "A" });
    fake.site.fill({ spaceKey: "A", pages: 600, bodyBytes: 100, attachments: 0 });
    const result = await run("ingest", "--space", "A", "--max-pages", "300", "--json", "--rps", "1000");
    assertEquals(result.code, 0, result.stderr);
    assertEquals(JSON.parse(result.stdout).added, 300);
    assertStringIncludes(result.stderr, "stopped after --max-pages 300");
    assertStringIncludes(result.stderr, "\ncomplete as far as --max-pages went: the rest was not read\n");
    const state = "SELECT count(*) AS n, (SELECT mark FROM sync_state) AS mark FROM current_pages";
    assertEquals((await run("query", state)).stdout.trim(), '{"n":300,"mark":null}');
    const rest = await run("ingest", "--rps", "1000");
    assertStringIncludes(rest.stderr, "\ncomplete: every listed page is accounted for\n");
    assertMatch((await run("query", state)).stdout, /"n":600,"mark":"20/);
  }));

Deno.test("ingest --body-format atlas_doc_format works the whole way", () =>
  withWorld(async ({ fake, run, lines }) => {
    await loadSite(fake.site, "fixtures/site");
    const runId = (await run("ingest", "--space", "ENG", "--body-format", "atlas_doc_format")).stdout.trim();
    const pages = await lines(`var/runs/${runId}/ingest/confluence.ndjson`);
    assert(pages.length > 30);
    for (const page of pages) {
      assertEquals(JSON.parse(String(page.body_html) || '{"type":"doc"}').type, "doc");
    }
    const changed = await run("ingest", "--space", "ENG", "--body-format", "storage");
    assertEquals(changed.code, 2);
    assertStringIncludes(changed.stderr, "the index holds its bodies as atlas_doc_format");
    assertEquals((await run("ingest", "--space", "ENG")).code, 0);
    assertEquals((await run("ingest", "--space", "ENG", "--body-format", "storage", "--full")).code, 0);
    assertEquals(
      (await run("query", "SELECT DISTINCT body_format FROM current_pages")).stdout.trim(),
      '{"body_format":"storage"}',
    );
  }));

Deno.test("ingest --since keeps versions made since then, and leaves the mark", () =>
  withWorld(async ({ fake, run }) => {
    fake.site.addSpace({ key: "A", name: "A" });
    const old = fake.site.addPage({ spaceKey: "A", title: "Old", createdAt: "2020-01-01T00:00:00.000Z" });
    const fresh = fake.site.addPage({ spaceKey: "A", title: "Fresh" });
    const since = new Date(Date.now() - 3_600_000).toISOString();
    const result = await run("ingest", "--space", "A", "--since", since);
    assertEquals(result.code, 0, result.stderr);
    assertEquals(
      (await run("query", "SELECT id FROM current_pages")).stdout.trim(),
      JSON.stringify({ id: fresh.id }),
    );
    assertEquals(
      (await run("query", "SELECT count(*) AS n FROM sync_state WHERE mark IS NOT NULL")).stdout.trim(),
      '{"n":0}',
    );
    await run("ingest", "--space", "A");
    assertStringIncludes((await run("query", "SELECT id FROM current_pages")).stdout, old.id);
  }));

Deno.test("ingest --dry-run and run --dry-run touch neither network nor files", () =>
  withWorld(async ({ fake, run, dir }) => {
    for (
      const args of [["ingest", "--space", "A", "--dry-run"], [
        "run",
        "--phases",
        "ingest,export",
        "--dry-run",
      ]]
    ) {
      const result = await run(...args);
      assertEquals(result.code, 0, result.stderr);
      assertStringIncludes(result.stdout, "would");
    }
    assertEquals(fake.counters.total, 0);
    assertEquals(await Array.fromAsync(Deno.readDir(dir)), []);
  }));

Deno.test("run chains phases", () =>
  withWorld(async ({ fake, run, dir }) => {
    await loadSite(fake.site, "fixtures/site");
    const result = await run("run", "--phases", "ingest,export", "--space", "PEOPLE");
    assertEquals(result.code, 0, result.stderr);
    const state = await Deno.readTextFile(`${dir}/var/export/confluence.ndjson`);
    assertEquals(
      state.trimEnd().split("\n").length,
      fake.site.visiblePages().filter(({ spaceId }) => spaceId === "131098").length,
    );
  }));

Deno.test("ingest stopped by Ctrl-C keeps what it read, ends with 130, and goes on later", {
  ignore: Deno.build.os === "windows",
}, () =>
  withWorld(async ({ fake, run, options }) => {
    fake.site.addSpace({ key: "A", name: "A" });
    fake.site.fill({ spaceKey: "A", pages: 2_000, bodyBytes: 200, attachments: 0 });
    const child = startCli(["ingest", "--space", "A"], options);
    fake.faults.onRequest(({ endpoint }) => {
      if (endpoint.endsWith("/spaces/{id}/pages") && (fake.counters.byEndpoint[endpoint] ?? 0) === 4) {
        child.kill("SIGINT");
      }
    });
    const { code, stderr, stdout } = await child.output();
    const talk = new TextDecoder().decode(stderr);
    assertEquals(code, 130, talk);
    assertStringIncludes(talk, "interrupted: what was read is kept");
    const runId = new TextDecoder().decode(stdout).trim();
    const kept = Number(JSON.parse((await run("query", "SELECT count(*) AS n FROM current_pages")).stdout).n);
    assert(kept >= 250 && kept < 2_000, `${kept} kept`);
    assertEquals(
      (await run("query", `SELECT status FROM runs WHERE id = '${runId}'`)).stdout.trim(),
      '{"status":"interrupted"}',
    );

    const before = fake.counters.byEndpoint["GET /wiki/api/v2/spaces/{id}/pages"]!;
    const again = await run("ingest", "--rps", "1000");
    assertEquals(again.code, 0, again.stderr);
    assertEquals((await run("query", "SELECT count(*) AS n FROM current_pages")).stdout.trim(), '{"n":2000}');
    const asked = fake.counters.byEndpoint["GET /wiki/api/v2/spaces/{id}/pages"]! - before;
    assertEquals(asked, Math.ceil((2_000 - kept) / 250), again.stderr);
  }));

Deno.test("ingest by two at once: the second leaves with a clear message, or waits", () =>
  withWorld(async ({ fake, run, options }) => {
    fake.site.addSpace({ key: "A", name: "A" });
    fake.site.fill({ spaceKey: "A", pages: 600, bodyBytes: 100, attachments: 0 });
    const [reading, go] = [Promise.withResolvers<void>(), Promise.withResolvers<void>()];
    fake.faults.onRequest(async ({ endpoint }) => {
      if (!endpoint.endsWith("/spaces/{id}/pages")) return;
      reading.resolve();
      await go.promise;
    });
    const first = startCli(["ingest", "--space", "A"], options);
    await reading.promise;
    const second = await run("ingest", "--space", "A");
    assertEquals(second.code, 2, second.stderr);
    assertStringIncludes(second.stderr, "error[locked]");
    assertStringIncludes(second.stderr, "--wait");

    const waiting = startCli(["ingest", "--space", "A", "--wait"], options);
    let talk = "";
    for await (const chunk of waiting.stderr.pipeThrough(new TextDecoderStream())) {
      talk += chunk;
      if (talk.includes("waiting for run")) go.resolve();
    }
    assertEquals((await waiting.status).code, 0, talk);
    assertStringIncludes(talk, "waiting for run");
    await waiting.stdout.cancel();
    assertEquals((await first.output()).code, 0);
  }));

Deno.test("ingest writes the artifacts that a killed run still owes, once: no page is in none of them", () =>
  withWorld(async ({ fake, run, lines, dir }) => {
    fake.site.addSpace({ key: "DOCS" });
    const page = fake.site.addPage({ spaceKey: "DOCS", title: "Read before the kill" });
    const killed = (await run("ingest", "--space", "DOCS")).stdout.trim();
    await Deno.remove(`${dir}/var/runs`, { recursive: true });
    {
      await using database = await openDatabase(`file:${dir}/var/confluence.db`);
      await database.commit([
        { sql: "UPDATE runs SET status = 'running', metrics = NULL, completed_at = NULL", args: [] },
        { sql: "DELETE FROM meta WHERE key LIKE 'artifacts of %'", args: [] },
      ]);
    }
    assertEquals((await run("export", "--run", killed)).code, 2);
    fake.site.addPage({ spaceKey: "DOCS", title: "Read after it" });
    await Deno.mkdir(`${dir}/var/runs`);
    await Deno.writeTextFile(`${dir}/var/runs/${killed}`, "in the way");
    const hindered = await run("ingest");
    assertEquals(hindered.code, 1);
    assertStringIncludes(hindered.stderr, `artifacts of run ${killed} are still owed: `);
    assertEquals((await lines(`var/runs/${hindered.stdout.trim()}/ingest/confluence.ndjson`)).length, 1);
    await Deno.remove(`${dir}/var/runs/${killed}`);
    const next = await run("ingest");
    assertEquals(next.code, 0, next.stderr);
    const folder = `var/runs/${killed}/ingest`;
    assertStringIncludes(next.stderr, `artifacts of run ${killed}, which was cut short: ${folder}\n`);
    assertEquals((await lines(`${folder}/confluence.ndjson`)).map(({ id }) => id), [page.id]);
    const metrics = JSON.parse(await Deno.readTextFile(`${dir}/${folder}/metrics.json`));
    assertEquals([metrics.run_id, metrics.status, metrics.complete], [killed, "interrupted", false]);
    // Whoever took them away does not get them again.
    await Deno.remove(`${dir}/var/runs`, { recursive: true });
    assertEquals((await run("ingest")).stderr.includes("cut short"), false);
    assertEquals((await run("export", "--run", killed)).code, 0);
  }));

Deno.test("ingest leaves to runs with the same --out what a killed one of them owes", () =>
  withWorld(async ({ fake, run, dir }) => {
    fake.site.addSpace({ key: "DOCS" });
    fake.site.addSpace({ key: "TEAM" });
    for (const spaceKey of ["DOCS", "TEAM"]) fake.site.addPage({ spaceKey, title: "Page" });
    const killed = (await run("ingest", "--space", "DOCS", "--out", "mine")).stdout.trim();
    {
      await using database = await openDatabase(`file:${dir}/var/confluence.db`);
      // As it is before the artifacts are written.
      await database.commit([{
        sql: "UPDATE meta SET key = 'folder of ' || ?, value = ? WHERE key LIKE 'artifacts of %'",
        args: [killed, `${dir}/mine`],
      }]);
    }
    await Deno.remove(`${dir}/mine`, { recursive: true });
    assertEquals((await run("ingest", "--space", "TEAM")).stderr.includes("cut short"), false);
    const next = await run("ingest", "--space", "TEAM", "--out", "mine");
    assertStringIncludes(
      next.stderr,
      `artifacts of run ${killed}, which was cut short: mine/runs/${killed}/ingest`,
    );
  }));

Deno.test("ingest --exclude labels leaves them out and remembers it; --include labels brings them; both at once are refused", () =>
  withWorld(async ({ fake, run, lines }) => {
    fake.site.addSpace({ key: "DOCS", name: "Documents" });
    const { id } = fake.site.addPage({ spaceKey: "DOCS", title: "Labelled", body: "<p></p>" });
    fake.site.addLabel(id, "how-to");
    fake.site.index.flush();
    const labels = async (runId: string) =>
      (await lines(`var/runs/${runId.trim()}/ingest/confluence.ndjson`)).map(({ metadata }) =>
        (metadata as { labels: unknown }).labels
      );
    const without = await run("ingest", "--space", "DOCS", "--exclude", "labels");
    assertEquals([without.code, await labels(without.stdout)], [0, [null]], without.stderr);
    assertEquals(await labels((await run("ingest")).stdout), []);
    const within = await run("ingest", "--include", "labels");
    assertEquals([within.code, await labels(within.stdout)], [0, [["how-to"]]], within.stderr);
    fake.site.removeLabel(id, "how-to");
    fake.site.addLabel(id, "reference");
    fake.site.index.flush();
    const changed = await run("ingest", "--reconcile");
    assertStringIncludes(changed.stderr, "labels changed on 1 pages");
    assertStringIncludes((await run("diff", "latest")).stdout, '"labeled"');
    const hits = JSON.parse((await run("search", "Labelled", "--label", "Reference", "--json")).stdout);
    assertEquals(hits.map((hit: { id: string }) => hit.id), [id]);
    const refused = await run("ingest", "--include", "labels", "--exclude", "labels");
    assertEquals(refused.code, 2);
    assertStringIncludes(refused.stderr, "--include labels and --exclude labels contradict each other");
  }));

Deno.test("ingest --metrics-file replaces one file of OpenMetrics text", () =>
  withWorld(async ({ fake, run, dir }) => {
    fake.site.addSpace({ key: "A", name: "A" });
    fake.site.fill({ spaceKey: "A", pages: 7, bodyBytes: 50, attachments: 2 });
    await Deno.writeTextFile(`${dir}/confluence.prom.new`, "left behind by a kill");
    const result = await run("ingest", "--space", "A", "--metrics-file", "confluence.prom");
    assertEquals(result.code, 0, result.stderr);
    const text = await Deno.readTextFile(`${dir}/confluence.prom`);
    for (
      const line of [
        "confluence_index_last_run_complete 1",
        'confluence_index_last_run_pages{outcome="added"} 7',
        'confluence_index_space_pages{space="A"} 7',
      ]
    ) {
      assertStringIncludes(text, `\n${line}\n`);
    }
    assertMatch(text, /\nconfluence_index_last_success_timestamp_seconds \d+(\.\d+)?\n/);
    assertMatch(text, /\nconfluence_index_space_reconciliation_age_seconds\{space="A"\} \d+(\.\d+)?\n/);
    assertEquals(text.endsWith("\n# EOF\n"), true);
    assertEquals((await run("ingest", "--metrics-file", "confluence.prom")).code, 0);
    const later = await Deno.readTextFile(`${dir}/confluence.prom`);
    assertStringIncludes(later, '\nconfluence_index_last_run_pages{outcome="added"} 0\n');
  }));

Deno.test("ingest refuses a --metrics-file that cannot be written, before any request", () =>
  withWorld(async ({ fake, run, dir }) => {
    fake.site.addSpace({ key: "A", name: "A" });
    await Deno.mkdir(`${dir}/folder.prom`);
    const missing = await run("ingest", "--space", "A", "--metrics-file", "no/such/folder.prom");
    assertEquals(missing.code, 2, missing.stderr);
    assertStringIncludes(
      missing.stderr,
      "error[usage]: Cannot write no/such/folder.prom: its folder does not exist\nhint: Make the folder first",
    );
    const folder = await run("ingest", "--space", "A", "--metrics-file", "folder.prom");
    assertEquals(folder.code, 2, folder.stderr);
    assertStringIncludes(folder.stderr, "Cannot write folder.prom: it is a folder");
    assertEquals(fake.counters.log, []);
    assertEquals((await Array.fromAsync(Deno.readDir(dir))).map(({ name }) => name), ["folder.prom"]);
  }));

Deno.test("ingest --include blogposts tells what came of them, and diff and status know them", () =>
  withWorld(async ({ fake, run }) => {
    fake.site.addSpace({ key: "DOCS", name: "Documents" });
    fake.site.addPage({ spaceKey: "DOCS", title: "Page", body: "<p></p>" });
    fake.site.addBlogPost({ spaceKey: "DOCS", title: "Moin", body: "<p>Hello</p>" });
    fake.site.index.flush();
    const result = await run("ingest", "--space", "DOCS", "--include", "blogposts");
    assertEquals(result.code, 0, result.stderr);
    assertStringIncludes(result.stderr, "DOCS: blog posts: 1 listed, 1 added");
    const feed = (await run("diff", "latest", "--subject", "blogpost")).stdout.trim().split("\n");
    assertEquals(feed.map((line) => JSON.parse(line).title), ["Moin"]);
    const text = await run("query", "SELECT title, body_text FROM current_blog_posts", "--format", "csv");
    assertStringIncludes(text.stdout, "Moin,Hello");
    const plan = JSON.parse((await run("plan", "--reconcile", "--json")).stdout);
    assertEquals([plan.complete, plan.estimate.requests], [true, 6]);
  }));

Deno.test("ingest --include comments keeps them with their threads; diff names the page", () =>
  withWorld(async ({ fake, run }) => {
    fake.site.addSpace({ key: "DOCS", name: "Documents" });
    const { id } = fake.site.addPage({ spaceKey: "DOCS", title: "Page", body: "<p></p>" });
    const root = fake.site.addFooterComment(id, { body: "<p>Why?</p>" });
    fake.site.addFooterComment(id, { body: "<p>Because</p>", parentCommentId: root.id });
    fake.site.index.flush();
    const result = await run("ingest", "--space", "DOCS", "--include", "comments");
    assertEquals(result.code, 0, result.stderr);
    assertStringIncludes(result.stderr, "DOCS: comments: 2 listed, 2 added");
    const feed = (await run("diff", "latest", "--subject", "comment")).stdout.trim().split("\n");
    assertEquals(feed.map((line) => JSON.parse(line).title), ["Page", "Page"]);
    const threads = await run(
      "query",
      "SELECT r.body_text AS reply, c.body_text AS comment FROM current_comments r JOIN current_comments c ON c.id = r.parent_id",
      "--format",
      "csv",
    );
    assertStringIncludes(threads.stdout, "Because,Why?");
    const left = await run("ingest", "--exclude", "comments", "--reconcile");
    assertEquals([left.code, left.stderr.includes("comments:")], [0, false]);
  }));
