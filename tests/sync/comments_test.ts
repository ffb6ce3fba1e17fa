import { assertEquals, assertStringIncludes } from "@std/assert";
import { ConfluenceClient } from "../../src/confluence/mod.ts";
import { plan } from "../../src/sync/mod.ts";
import { test } from "../support/each_database.ts";
import { without } from "./bad_luck.ts";
import { addPages, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

const WITH = { kinds: { comments: true } } as const;
const IDS = "SELECT id FROM current_comments ORDER BY length(id), id";
const SEARCH = "GET /wiki/rest/api/content/search";

test("ingest() leaves comments alone unless they are asked for", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    const [page] = addPages(site, "DOCS", 1);
    site.addFooterComment(page!, { body: "<p>Hi</p>" });
    await ingest(DOCS);
    assertEquals(await column(IDS), []);
    assertEquals(fake.counters.total, 5, "who, spaces, pages, attachments and labels, who still");
  }));

test("ingest() reads footer and inline comments with replies, in bulk, with text", () =>
  withBench(async ({ site, fake, ingest, rows, column }) => {
    const [page] = addPages(site, "DOCS", 2);
    const root = site.addFooterComment(page!, { body: "<p>First</p>" });
    const reply = site.addFooterComment(page!, { body: "<p>Second</p>", parentCommentId: root.id });
    const deep = site.addFooterComment(page!, { body: "<p>Third</p>", parentCommentId: reply.id });
    const inline = site.addInlineComment(page!, {
      body: "<p>Really?</p>",
      selection: "always",
      resolution: "resolved",
    });
    const run = await ingest({ ...DOCS, ...WITH });
    assertEquals([run.status, run.metrics.comments, run.metrics.comments_added], ["complete", 4, 4]);
    assertEquals(
      await rows(
        "SELECT id, kind, page_id, page_type, parent_id, resolution, selection, body, body_text FROM current_comments ORDER BY length(id), id",
      ),
      [
        [root.id, "footer", null, null, null, "First"],
        [reply.id, "footer", root.id, null, null, "Second"],
        [deep.id, "footer", reply.id, null, null, "Third"],
        [inline.id, "inline", null, "resolved", "always", "Really?"],
      ].map(([id, kind, parent_id, resolution, selection, text]) => ({
        id,
        kind,
        page_id: page,
        page_type: "page",
        parent_id,
        resolution,
        selection,
        body: `<p>${text}</p>`,
        body_text: text,
      })),
    );
    assertEquals(await column("SELECT count(*) FROM events WHERE subject = 'comment' AND kind = 'added'"), [
      4,
    ]);
    assertEquals(
      await column("SELECT count(*) FROM current_comments WHERE author_id IS NULL OR created_at IS NULL"),
      [0],
    );
    assertEquals(fake.counters.total, 6, "who, spaces, pages, attachments and labels, comments, who still");
  }));

test("changed comments come with the search that tells what changed; nothing changed costs nothing", () =>
  withBench(async ({ site, fake, ingest, column, rows, pass }) => {
    const [page] = addPages(site, "DOCS", 2);
    const first = site.addFooterComment(page!, { body: "<p>One</p>" });
    await ingest({ ...DOCS, ...WITH });
    pass(DAY);
    fake.counters.reset();
    await ingest({ deletions: "on_demand" });
    assertEquals(fake.counters.total, 3, "who, spaces, what changed");
    site.editComment(first.id, "<p>Edited</p>");
    const second = site.addInlineComment(page!, { body: "<p>Two</p>", selection: "x" });
    pass(MINUTE);
    fake.counters.reset();
    const run = await ingest({ deletions: "on_demand" });
    assertEquals([run.status, run.metrics.comments_added, run.metrics.comments_updated], ["complete", 1, 1]);
    assertEquals(fake.counters.total, 4, "and the comments with their bodies");
    assertEquals(await column(IDS), [first.id, second.id]);
    assertEquals(
      await rows(
        "SELECT version, is_current, body_text FROM comments WHERE id = ? ORDER BY version",
        first.id,
      ),
      [
        { version: 1, is_current: 0, body_text: "One" },
        { version: 2, is_current: 1, body_text: "Edited" },
      ],
    );
    pass(DAY);
    fake.counters.reset();
    await ingest({ deletions: "on_demand" });
    assertEquals(fake.counters.total, 3);
  }));

test("a reconciliation finds resolved threads, and buries comments that are gone after a second look", () =>
  withBench(async ({ site, fake, ingest, column, rows, pass }) => {
    const [page] = addPages(site, "DOCS", 2);
    const ids = Array.from({ length: 6 }, (_, i) => site.addInlineComment(page!, { body: `<p>${i}</p>` }).id);
    await ingest({ ...DOCS, ...WITH });
    pass(DAY);
    site.resolveComment(ids[0]!, "resolved");
    site.deleteComment(ids[1]!);
    // Not shown, and still there.
    fake.faults.add({
      kind: "transform",
      match: ({ url }) => url.href.includes("type+%3D+comment") || url.href.includes("type%20%3D%20comment"),
      change: without(ids[2]!),
    });
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.metrics.comments_deleted, run.metrics.comments_updated], [
      "complete",
      1,
      1,
    ]);
    assertEquals(fake.faults.fired["transform"], 1);
    assertEquals(await column(IDS), [ids[0], ids[2], ids[3], ids[4], ids[5]]);
    assertEquals(await rows("SELECT id, deletion_reason FROM comments WHERE deleted_at IS NOT NULL"), [
      { id: ids[1], deletion_reason: "gone" },
    ]);
    assertEquals(await column("SELECT resolution FROM current_comments WHERE id = ?", ids[0]!), ["resolved"]);
    assertEquals(await column("SELECT count(*) FROM listed_ids"), [0]);
    pass(DAY);
    const quiet = await ingest({ reconcile: true });
    assertEquals([quiet.metrics.comments_unchanged, quiet.metrics.comments_updated], [5, 0]);
    assertEquals(await column("SELECT count(*) FROM comments WHERE run_id = ?", quiet.runId), [0]);
  }));

test("the brake holds where most comments are missing", () =>
  withBench(async ({ site, ingest, column, pass }) => {
    const [page] = addPages(site, "DOCS", 1);
    const ids = Array.from({ length: 20 }, () => site.addFooterComment(page!, { body: "<p></p>" }).id);
    await ingest({ ...DOCS, ...WITH });
    pass(DAY);
    for (const id of ids.slice(0, 12)) site.deleteComment(id);
    pass(DAY);
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.spaces[0]!.status], ["incomplete", "held"]);
    assertStringIncludes(run.spaces[0]!.notes.join(), "12 comments of DOCS are missing");
    assertEquals((await column(IDS)).length, 20);
    await ingest({ reconcile: true, allowMassDeletion: true });
    assertEquals((await column(IDS)).length, 8);
  }));

test("comments go and come back with their page, and come along with a page that is restored", () =>
  withBench(async ({ site, ingest, column, pass }) => {
    const [page] = addPages(site, "DOCS", 12);
    const comment = site.addFooterComment(page!, { body: "<p>Stays</p>" });
    await ingest({ ...DOCS, ...WITH });
    pass(DAY);
    site.trashPage(page!);
    pass(DAY);
    const gone = await ingest({ reconcile: true });
    assertEquals([gone.status, gone.metrics.deleted], ["complete", 1]);
    assertEquals(await column("SELECT deletion_reason FROM comments"), ["trashed"]);
    site.restorePage(page!);
    const late = site.addFooterComment(page!, { body: "<p>New</p>" });
    pass(DAY);
    const back = await ingest({ deletions: "on_demand" });
    assertEquals([back.status, back.metrics.restored], ["complete", 1]);
    assertEquals(await column(IDS), [comment.id, late.id]);
  }));

test("one comment that cannot be read stops nothing, is on record, and comes with a later run", () =>
  withBench(async ({ site, fake, ingest, column, rows, pass }) => {
    const [page] = addPages(site, "DOCS", 1);
    const bad = site.addFooterComment(page!, { body: "<p>bad</p>" });
    const good = site.addFooterComment(page!, { body: "<p>good</p>" });
    fake.faults.add({
      kind: "transform",
      times: Infinity,
      match: { endpoint: SEARCH },
      change: (body) => ({
        ...body as object,
        results: (body as { results: { id: string }[] }).results.map((row) =>
          row.id === bad.id ? { ...row, body: {} } : row
        ),
      }),
    });
    fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: { path: `/footer-comments/${bad.id}` },
    });
    const run = await ingest({ ...DOCS, ...WITH });
    assertEquals([run.status, run.metrics.comments_failed, run.metrics.comments_added], ["incomplete", 1, 1]);
    assertEquals(await rows("SELECT kind, id, reason FROM failures"), [
      { kind: "comment", id: bad.id, reason: "comment" },
    ]);
    assertEquals(await column(IDS), [good.id]);
    fake.faults.clear();
    pass(DAY);
    const next = await ingest({ deletions: "on_demand" });
    assertEquals([next.status, await column(IDS)], ["complete", [bad.id, good.id]]);
    assertEquals(await column("SELECT count(*) FROM failures"), [0]);
  }));

test("comments on blog posts come where blog posts do; taken in later, all are read", () =>
  withBench(async ({ site, fake, ingest, rows, pass }) => {
    const [page] = addPages(site, "DOCS", 1);
    const post = site.addBlogPost({ spaceKey: "DOCS", title: "Post", body: "" });
    site.addFooterComment(page!, { body: "<p>page</p>" });
    site.addFooterComment(post.id, { body: "<p>post</p>" });
    const first = await ingest({ ...DOCS, ...WITH });
    assertEquals([first.status, first.metrics.comments_skipped, first.metrics.comments_added], [
      "complete",
      1,
      1,
    ]);
    pass(DAY);
    fake.counters.reset();
    await ingest({ kinds: { blogposts: true }, deletions: "on_demand" });
    pass(DAY);
    await ingest({ reconcile: true });
    assertEquals(await rows("SELECT page_type, body_text FROM current_comments ORDER BY page_type"), [
      { page_type: "blogpost", body_text: "post" },
      { page_type: "page", body_text: "page" },
    ]);
  }));

test("plan() counts the requests of comments", () =>
  withBench(async ({ site, ingest, pass, fake, database, clock }) => {
    const [page] = addPages(site, "DOCS", 1);
    const ids = Array.from({ length: 60 }, () => site.addFooterComment(page!, { body: "<p></p>" }).id);
    await ingest({ ...DOCS, ...WITH });
    pass(DAY);
    site.deleteComment(ids[0]!);
    pass(DAY);
    const account = fake.site.accounts[0]!;
    const client = () =>
      new ConfluenceClient({
        baseUrl: fake.baseUrl,
        email: account.email,
        apiToken: account.token,
        fetch: fake.fetch,
        clock,
      });
    const planned = await clock.run(plan({ client: client(), database, clock, reconcile: true }));
    const run = await ingest({ reconcile: true });
    assertEquals(planned.estimate.requests, run.metrics.requests - run.metrics.retries);
    assertEquals([planned.spaces[0]!.account.comments.deleted, run.metrics.comments_deleted], [1, 1]);
  }));

Deno.test("an account that may not search is told that comments are not read, each time", () =>
  withBench(async ({ site, fake, ingest, column, pass }) => {
    const [page] = addPages(site, "DOCS", 1);
    site.addFooterComment(page!, { body: "<p>Hi</p>" });
    fake.faults.add({ kind: "status", status: 403, times: Infinity, match: { endpoint: SEARCH } });
    for (let n = 0; n < 2; n++) {
      const run = await ingest({ ...DOCS, ...WITH, deletions: "on_demand" });
      assertEquals(run.status, "incomplete");
      assertStringIncludes(run.spaces[0]!.notes.join(), "this account may not search: comments are not read");
      pass(DAY);
    }
    fake.faults.clear();
    const later = await ingest({ ...DOCS, deletions: "on_demand" });
    assertEquals([later.status, (await column(IDS)).length], ["complete", 1]);
  }));

Deno.test("a token that may not read single comments keeps those that are missing, and says so", () =>
  withBench(async ({ site, ingest, column, rows, pass }) => {
    const [page] = addPages(site, "DOCS", 1);
    const [gone] = Array.from({ length: 3 }, () => site.addFooterComment(page!, { body: "<p></p>" }).id);
    await ingest({ ...DOCS, ...WITH });
    pass(DAY);
    site.deleteComment(gone!);
    pass(DAY);
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.spaces[0]!.status, (await column(IDS)).length], [
      "incomplete",
      "incomplete",
      3,
    ]);
    assertEquals(await rows("SELECT kind, id, reason FROM failures"), [
      { kind: "comment", id: gone, reason: "doubtful" },
    ]);
  }, {
    gateway: true,
    fake: {
      accounts: [{
        email: "ana@example.com",
        token: "scoped",
        kind: "scoped",
        scopes: [
          "read:space:confluence",
          "read:page:confluence",
          "read:attachment:confluence",
          "search:confluence",
        ],
      }],
    },
  }));
