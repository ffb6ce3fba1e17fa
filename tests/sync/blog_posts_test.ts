import { assertEquals, assertStringIncludes } from "@std/assert";
import { prune, reconvert } from "../../src/sync/mod.ts";
import { test } from "../support/each_database.ts";
import { addPages, type Bench, BOTH, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

const WITH = { kinds: { blogposts: true } } as const;
const POSTS = "SELECT id FROM current_blog_posts ORDER BY length(id), id";

function addPosts(site: Bench["site"], spaceKey: string, n: number): string[] {
  return Array.from(
    { length: n },
    (_, i) => site.addBlogPost({ spaceKey, title: `Post ${i + 1}`, body: `<p>News ${i + 1}</p>` }).id,
  );
}

test("ingest() leaves blog posts alone unless they are asked for", () =>
  withBench(async ({ site, fake, ingest, column }) => {
    addPosts(site, "DOCS", 2);
    await ingest(DOCS);
    assertEquals(await column(POSTS), []);
    assertEquals(Object.keys(fake.counters.byEndpoint).filter((endpoint) => endpoint.includes("blog")), []);
  }));

test("ingest() reads blog posts with text, account and events, and remembers that they are wanted", () =>
  withBench(async ({ site, fake, ingest, rows, column, pass }) => {
    addPages(site, "DOCS", 2);
    const [first, second] = addPosts(site, "DOCS", 2);
    const run = await ingest({ ...DOCS, ...WITH });
    assertEquals([run.status, run.metrics.blogposts, run.metrics.blogposts_added], ["complete", 2, 2]);
    assertEquals([run.metrics.pages, run.metrics.added], [2, 2], "pages are counted by themselves");
    assertEquals(
      await rows("SELECT id, version, space_key, title, body, body_text, parent_id, labels FROM blog_posts"),
      [
        {
          id: first,
          version: 1,
          space_key: "DOCS",
          title: "Post 1",
          body: "<p>News 1</p>",
          body_text: "News 1",
          parent_id: null,
          labels: null,
        },
        {
          id: second,
          version: 1,
          space_key: "DOCS",
          title: "Post 2",
          body: "<p>News 2</p>",
          body_text: "News 2",
          parent_id: null,
          labels: null,
        },
      ],
    );
    assertEquals(
      await column("SELECT subject_id FROM events WHERE subject = 'blogpost' AND kind = 'added'"),
      [
        first,
        second,
      ],
    );
    pass(DAY);
    site.editPage(first!, { body: "<p>Newer</p>" });
    const third = site.addBlogPost({ spaceKey: "DOCS", title: "Third", body: "" }).id;
    pass(MINUTE);
    fake.counters.reset();
    const delta = await ingest({ deletions: "on_demand" });
    assertEquals([delta.status, delta.spaces[0]!.mode], ["complete", "delta"]);
    assertEquals([delta.metrics.blogposts_added, delta.metrics.blogposts_updated], [1, 1]);
    assertEquals(fake.counters.total, 4, "who, spaces, what changed, the posts");
    assertEquals(await column(POSTS), [first, second, third]);
    assertEquals(await column("SELECT body FROM blog_posts WHERE id = ? ORDER BY version", first!), [
      "<p>News 1</p>",
      "<p>Newer</p>",
    ]);
    pass(DAY);
    fake.counters.reset();
    await ingest({ deletions: "on_demand" });
    assertEquals(fake.counters.total, 3, "nothing changed");
  }));

test("a reconciliation buries blog posts that are gone, after a second look, with the reason", () =>
  withBench(async ({ site, ingest, rows, column, pass }) => {
    addPages(site, "DOCS", 1);
    const [trashed, purged, kept] = addPosts(site, "DOCS", 5);
    await ingest({ ...DOCS, ...WITH });
    pass(DAY);
    site.trashPage(trashed!);
    site.purgePage(purged!);
    pass(DAY);
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.metrics.blogposts_deleted, run.metrics.deleted], ["complete", 2, 0]);
    assertEquals(
      await rows(
        "SELECT id, deletion_reason FROM blog_posts WHERE deleted_at IS NOT NULL ORDER BY deletion_reason",
      ),
      [{ id: purged, deletion_reason: "gone" }, { id: trashed, deletion_reason: "trashed" }],
    );
    assertEquals((await column(POSTS))[0], kept);
    assertEquals(
      await column(
        "SELECT kind FROM events WHERE subject = 'blogpost' AND kind IN ('trashed', 'gone') ORDER BY kind",
      ),
      [
        "gone",
        "trashed",
      ],
    );
    site.restorePage(trashed!);
    pass(DAY);
    const back = await ingest({ reconcile: true });
    assertEquals([back.status, (await column(POSTS)).length], ["complete", 4]);
    assertEquals(await column("SELECT count(*) FROM listed_ids"), [0]);
  }));

test("the brake holds blog posts by themselves, and pages are not braked with them", () =>
  withBench(async ({ site, ingest, column, pass }) => {
    const pages = addPages(site, "DOCS", 12);
    const posts = addPosts(site, "DOCS", 30);
    await ingest({ ...DOCS, ...WITH });
    pass(DAY);
    for (const id of posts.slice(0, 20)) site.trashPage(id);
    site.trashPage(pages[0]!);
    pass(DAY);
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.spaces[0]!.status], ["incomplete", "held"]);
    assertStringIncludes(run.spaces[0]!.notes.join(), "20 blog posts of DOCS are missing");
    assertEquals([(await column(POSTS)).length, run.metrics.deleted], [30, 1]);
    pass(DAY);
    assertEquals((await ingest({ reconcile: true, allowMassDeletion: true })).metrics.blogposts_deleted, 20);
  }));

test("one blog post whose body cannot be had stops nothing, and is on record", () =>
  withBench(async ({ site, fake, ingest, rows, column, pass }) => {
    addPages(site, "DOCS", 2);
    const [bad] = addPosts(site, "DOCS", 3);
    const off = fake.faults.add({
      kind: "status",
      status: 500,
      times: Infinity,
      match: ({ url }) =>
        url.href.includes("/blogposts") && url.href.includes("body-format") &&
        (!url.href.includes("id=") || url.href.includes(bad!)),
    });
    const run = await ingest({ ...DOCS, ...WITH });
    assertEquals([run.status, run.metrics.blogposts_failed, run.metrics.blogposts_added], [
      "incomplete",
      1,
      2,
    ]);
    assertEquals(await rows("SELECT kind, id FROM failures"), [{ kind: "blogpost", id: bad }]);
    off();
    pass(DAY);
    const next = await ingest({ deletions: "on_demand" });
    assertEquals([next.status, (await column(POSTS)).length], ["complete", 3]);
    assertEquals(await column("SELECT count(*) FROM failures"), [0]);
  }));

test("blog posts taken in later are read as a whole without listing the pages again; a space of posts only has a mark", () =>
  withBench(async ({ site, fake, ingest, column, pass }) => {
    addPages(site, "DOCS", 3);
    addPosts(site, "DOCS", 2);
    addPosts(site, "TEAM", 2);
    await ingest(BOTH);
    pass(DAY);
    fake.counters.reset();
    await ingest({ ...DOCS, ...WITH, deletions: "on_demand" });
    assertEquals(fake.counters.total, 5, "who, spaces, what changed, the posts, who still");
    assertEquals((await column(POSTS)).length, 2);
    await ingest({ selection: { keys: ["TEAM"] }, ...WITH });
    pass(DAY);
    fake.counters.reset();
    const quiet = await ingest({ selection: { keys: ["TEAM"] } });
    assertEquals([quiet.spaces[0]!.mode, fake.counters.total], ["delta", 3]);
  }));

test("a blog post that moves to another space of the index follows, and is counted at both ends", () =>
  withBench(async ({ site, ingest, column, pass }) => {
    addPages(site, "DOCS", 1);
    addPages(site, "TEAM", 1);
    const [moving] = addPosts(site, "DOCS", 2);
    await ingest({ ...BOTH, ...WITH });
    pass(DAY);
    const post = site.state.contents.get(moving!)!;
    site.state.spacesById.get(post.spaceId)!.blogposts.remove(post);
    post.spaceId = [...site.state.spacesById.values()].find(({ key }) => key === "TEAM")!.id;
    site.state.spacesById.get(post.spaceId)!.blogposts.add(post);
    pass(DAY);
    const run = await ingest({ reconcile: true });
    assertEquals([run.status, run.discrepancies], ["complete", []]);
    assertEquals(await column("SELECT space_key FROM current_blog_posts WHERE id = ?", moving!), ["TEAM"]);
  }));

test("plan() counts what blog posts would take", () =>
  withBench(async ({ site, fake, ingest, pass }) => {
    addPages(site, "DOCS", 2);
    addPosts(site, "DOCS", 3);
    const run = await ingest({ ...DOCS, ...WITH });
    assertEquals(run.metrics.requests, 6, "who, spaces, pages, search, posts, who again");
    pass(DAY);
    fake.counters.reset();
    const again = await ingest({ reconcile: true });
    assertEquals([again.metrics.estimate.requests, again.metrics.requests], [6, 6]);
  }));

test("reconvert and prune know blog posts", () =>
  withBench(async ({ site, ingest, column, pass, database, clock }) => {
    addPages(site, "DOCS", 1);
    const [edited, gone] = addPosts(site, "DOCS", 12);
    await ingest({ ...DOCS, ...WITH });
    pass(DAY);
    site.editPage(edited!, { body: "<p>Newer</p>" });
    site.trashPage(gone!);
    pass(DAY);
    await ingest({ reconcile: true });
    await database.commit(["UPDATE blog_posts SET body_text = 'old', converter_version = 0"]);
    assertEquals((await reconvert({ database, clock })).converted, 13);
    assertEquals(await column("SELECT body_text FROM current_blog_posts WHERE id = ?", edited!), ["Newer"]);
    pass(DAY);
    const old = new Date(clock.now()).toISOString();
    const rules = {
      versionsReplacedBefore: old,
      keepVersions: null,
      tombstonesBefore: old,
      runsBefore: null,
    };
    const { counts } = await prune({ database, clock, rules, removeRunFiles: () => Promise.resolve() });
    assertEquals([counts.pages, counts.pageVersions], [1, 1]);
    assertEquals(await column("SELECT count(*) FROM blog_posts"), [11]);
  }));
