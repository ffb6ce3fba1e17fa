/**
 * The sample site in `fixtures/site` is what the demo and many tests stand on: its ids, trees, times and files must
 * hold together. What its bodies and names show is in `fixtures_content_test.ts`.
 *
 * @module
 */
import { assert, assertEquals, assertGreaterOrEqual, assertLess } from "@std/assert";
import { type Content, listFiles, loadSpaces, type Page, read, type Space } from "./support/sample_site.ts";

const ISO = /^20\d\d-[01]\d-[0-3]\dT[0-2]\d:[0-5]\d:[0-5]\d\.\d{3}Z$/;

const spaces = loadSpaces();
const site = JSON.parse(read("site.json")) as { users: { accountId: string }[] };
const pages = spaces.flatMap((space) => space.pages);
const attachments = spaces.flatMap((space) => space.attachments);
const comments = spaces.flatMap((space) => space.comments);

function depthOf(space: Space, page: Page): number {
  const parents = new Map([...space.pages, ...space.folders].map((item) => [item.id, item.parentId]));
  let depth = 1;
  for (let id = page.parentId; id; id = parents.get(id) ?? null) {
    assertLess(++depth, 100, `page ${page.id} is its own ancestor`);
  }
  return depth;
}

Deno.test("sample site: has the promised spaces, pages, attachments, posts and comments", () => {
  assertGreaterOrEqual(spaces.length, 3);
  assert(spaces.some((space) => space.type === "personal" && /^~[0-9a-f]{20,}$/.test(space.key)));
  const status = Map.groupBy(pages, (page) => page.status ?? "current");
  assertGreaterOrEqual(status.get("current")?.length ?? 0, 84);
  assertEquals(status.get("archived")?.length, 2);
  assertEquals(status.get("trashed")?.length, 1);
  assertEquals(pages.filter((page) => page.subtype === "live").length, 1);
  assertGreaterOrEqual(attachments.length, 42);
  assertGreaterOrEqual(attachments.filter((attachment) => attachment.file !== undefined).length, 10);
  assertGreaterOrEqual(spaces.flatMap((space) => space.blogPosts).length, 4);
  assertGreaterOrEqual(comments.length, 12);
  for (const kind of ["footer", "inline"]) assert(comments.some((comment) => comment.kind === kind), kind);
  const labelled = pages.filter((page) => page.labels.length > 0).length / pages.length;
  assert(labelled > 0.4 && labelled < 0.75, `${labelled} of the pages have labels`);
  assertGreaterOrEqual(listFiles("").filter((file) => file.endsWith(".adf.json")).length, 8);
});

Deno.test("sample site: ids are unique numbers, attachments with att before them", () => {
  const ids = spaces.flatMap((space) => [
    space.id,
    ...[...space.pages, ...space.folders, ...space.blogPosts, ...space.comments].map((item) => item.id),
    ...space.attachments.map((attachment) => {
      assert(attachment.id.startsWith("att"), attachment.id);
      return attachment.id.slice(3);
    }),
  ]);
  for (const id of ids) assert(/^[1-9]\d+$/.test(id), id);
  assertEquals(new Set(ids).size, ids.length);
});

Deno.test("sample site: every home page and parent exists, and trees are at least five deep", () => {
  for (const space of spaces) {
    const home = space.pages.find((page) => page.id === space.homepageId);
    assertEquals(home?.parentId, null, `${space.key} has no home page at its top`);
    for (const item of [...space.pages, ...space.folders]) {
      if (item.parentId === null) continue;
      const siblings = item.parentType === "folder" ? space.folders : space.pages;
      assert(siblings.some((other) => other.id === item.parentId), `${item.id} hangs under nothing`);
    }
    for (const page of space.pages) if (page.status === "trashed") assertEquals(page.parentId, null);
  }
  assertGreaterOrEqual(
    Math.max(...spaces.flatMap((space) => space.pages.map((page) => depthOf(space, page)))),
    5,
  );
  assert(pages.some((page) => page.parentType === "folder"));
});

Deno.test("sample site: versions rise by one in time, from the creation to before November 2026", () => {
  for (const content of spaces.flatMap((space): Content[] => [...space.pages, ...space.blogPosts])) {
    assertEquals(
      content.versions.map((version) => version.number),
      content.versions.map((_, index) => index + 1),
    );
    assertEquals(content.versions[0]?.createdAt, content.createdAt, content.title);
    const times = content.versions.map((version) => version.createdAt);
    assertEquals([...new Set(times)].sort(), times, content.title);
    for (const time of times) assert(ISO.test(time) && time < "2026-11-01", `${content.title} at ${time}`);
  }
  assertGreaterOrEqual(pages.filter((page) => page.versions.length === 1).length, 20);
  assertGreaterOrEqual(Math.max(...pages.map((page) => page.versions.length)), 5);
});

Deno.test("sample site: every author is a user of the site", () => {
  const users = new Set(site.users.map((user) => user.accountId));
  for (const space of spaces) {
    const items = [
      ...space.pages,
      ...space.folders,
      ...space.attachments,
      ...space.comments,
      ...space.blogPosts,
    ];
    for (const item of [space, ...items]) assert(users.has(item.authorId), `${item.id} by ${item.authorId}`);
    for (const item of items) assert(ISO.test(item.createdAt), `${item.id} at ${item.createdAt}`);
  }
  for (const page of pages) {
    for (const version of page.versions) assert(users.has(version.authorId), page.title);
  }
});

Deno.test("sample site: the files on disk are exactly those that space.json names", () => {
  for (const space of spaces) {
    const contents: Content[] = [...space.pages, ...space.blogPosts];
    const named = [
      "space.json",
      ...contents.flatMap((content) => {
        assertEquals(content.versions.at(-1)?.body, `${content.id}.xhtml`);
        return content.versions.flatMap((version) => version.body ?? []);
      }),
      ...space.attachments.flatMap((attachment) => {
        assert((attachment.file === undefined) !== (attachment.size === undefined), attachment.id);
        return attachment.file ?? [];
      }),
    ];
    const found = listFiles(`${space.folder}/`).map((path) => path.slice(space.folder.length + 1));
    const adf = found.filter((path) => path.endsWith(".adf.json"));
    for (const path of adf) assert(contents.some((content) => path === `${content.id}.adf.json`), path);
    assertEquals(found.filter((path) => !adf.includes(path)).sort(), named.sort());
  }
});

Deno.test("sample site: titles are unique in a space whatever the case, and at most 255 characters", () => {
  for (const space of spaces) {
    const titles = space.pages.filter((page) => page.status !== "trashed").map((page) =>
      page.title.toLowerCase()
    );
    assertEquals(new Set(titles).size, titles.length, space.key);
    for (const title of titles) assert(title.length > 0 && title.length <= 255, title);
  }
});

Deno.test("sample site: attachments and comments hang on pages that exist, replies on comments of the same page", () => {
  for (const space of spaces) {
    const contents = new Set([...space.pages, ...space.blogPosts].map((content) => content.id));
    for (const item of [...space.attachments, ...space.comments]) assert(contents.has(item.pageId), item.id);
    for (const { id, pageId, parentCommentId } of space.comments) {
      if (parentCommentId === undefined) continue;
      const parent = space.comments.find((comment) => comment.id === parentCommentId);
      assertEquals(parent?.pageId, pageId, `reply ${id}`);
    }
  }
  assertGreaterOrEqual(comments.filter((comment) => comment.parentCommentId !== undefined).length, 6);
});
