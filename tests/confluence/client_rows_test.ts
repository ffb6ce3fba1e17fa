import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";

import { ConfluenceResponseError } from "../../src/confluence/mod.ts";
import { addDocs, setup } from "./setup.ts";

type Row = Record<string, unknown>;

const BAD_PAGES: [string, (row: Row) => unknown, string][] = [
  ["no id", ({ id: _, ...row }) => row, "id"],
  ["an object as id", (row) => ({ ...row, id: {} }), "id"],
  ["a title that is a number", (row) => ({ ...row, title: 7 }), "title"],
  ["no version", ({ version: _, ...row }) => row, "version"],
  [
    "a version number as text",
    (row) => ({ ...row, version: { ...row.version as Row, number: "1" } }),
    "version.number",
  ],
  ["a version without a time", (row) => ({ ...row, version: { number: 1 } }), "version.createdAt"],
  ["a time in words", (row) => ({ ...row, createdAt: "yesterday" }), "createdAt"],
  ["an impossible time", (row) => ({ ...row, createdAt: "2026-13-45T99:99:99Z" }), "createdAt"],
  ["a body that is text", (row) => ({ ...row, body: "x" }), "body"],
  ["a body without a value", (row) => ({ ...row, body: { storage: {} } }), "body.storage.value"],
  ["no body although one was asked for", (row) => ({ ...row, body: {} }), "body.storage"],
  ["null instead of a row", () => null, ""],
  ["text instead of a row", () => "row", ""],
  ["a list instead of a row", () => [], ""],
];

for (const [what, change, field] of BAD_PAGES) {
  Deno.test(`getPages() lets a row with ${what} fail alone`, async () => {
    const { fake, client, run } = setup();
    const { spaceId, pageIds } = addDocs(fake, 5);
    const bad = pageIds[2]!;
    fake.faults.add({ kind: "bad-rows", ids: [bad], change, times: Infinity });
    const told: ConfluenceResponseError[] = [];
    const listing = client.getPages(spaceId, "storage", { onInvalid: (error) => told.push(error) });
    const batches = await run(Array.fromAsync(listing.batches()));
    const ids = batches.flatMap((batch) => batch.items.map((page) => page.id));
    const expected = fake.site.visiblePages(spaceId).map((page) => page.id).filter((id) => id !== bad);
    assertEquals(ids, expected);
    assertEquals(batches.flatMap((batch) => batch.invalid), told);
    const [error] = told;
    assertEquals([told.length, error?.code, error?.reason], [1, "response", "shape"]);
    const at = fake.site.visiblePages(spaceId).findIndex((page) => page.id === bad);
    assertEquals(error?.path, [`results[${at}]`, field].filter((part) => part !== "").join("."));
    const idIsLost = field === "id" || field === "";
    assertEquals(error?.objectId, idIsLost ? undefined : bad);
    assertStringIncludes(error?.message ?? "", `Cannot list pages of space ${spaceId}: results[`);
    assertEquals((error?.traceId ?? "").length > 0, true);
    assertEquals(fake.counters.total, 1, "a bad row is no reason to ask again");
  });
}

Deno.test("getPages() takes unknown enum values, more fields and numbers as ids as data, and missing optionals as null", async () => {
  const { fake, client, all } = setup();
  const { spaceId, pageIds } = addDocs(fake, 1);
  fake.faults.add({
    kind: "bad-rows",
    ids: [pageIds[0]!],
    change: (row) => ({
      id: Number(row.id),
      status: "quantum",
      title: "",
      spaceId: Number(row.spaceId),
      parentType: "hologram",
      createdAt: "2026-03-01T14:00:00+09:00",
      version: { number: 3, createdAt: "2026-03-01T12:00:00Z", future: true },
      brandNew: { deep: [1] },
    }),
  });
  const page = (await all(client.getPages(spaceId))).find((page) => page.id === pageIds[0]);
  assertEquals(page, {
    id: pageIds[0]!,
    status: "quantum",
    title: "",
    spaceId,
    parentId: null,
    parentType: "hologram",
    position: null,
    authorId: null,
    ownerId: null,
    subtype: null,
    createdAt: "2026-03-01T05:00:00.000Z",
    version: {
      number: 3,
      createdAt: "2026-03-01T12:00:00.000Z",
      message: "",
      minorEdit: false,
      authorId: null,
    },
    body: null,
    url: `https://fake.atlassian.net/wiki/pages/viewpage.action?pageId=${pageIds[0]}`,
    askedAt: "2026-03-01T12:00:00.000Z",
  });
});

Deno.test("getPages() keeps ids beyond 2^53 exactly, and refuses numbers that lost digits", async () => {
  const { fake, client, run } = setup();
  const { spaceId, pageIds } = addDocs(fake, 2);
  fake.faults.add({
    kind: "bad-rows",
    ids: [pageIds[0]!],
    change: (row) => ({ ...row, id: "90071992547409931" }),
  });
  fake.faults.add({
    kind: "bad-rows",
    ids: [pageIds[1]!],
    change: (row) => ({ ...row, id: 90071992547409931 }),
  });
  const batches = await run(Array.fromAsync(client.getPages(spaceId).batches()));
  assertEquals(batches[0]?.items.some((page) => page.id === "90071992547409931"), true);
  assertEquals(batches[0]?.invalid.length, 1);
});

Deno.test("getPages() never makes human URLs of links to other places", async () => {
  for (
    const webui of ["https://evil.example/x", "javascript:alert(1)", "//evil.example/", "/wiki/../../x", 7]
  ) {
    const { fake, client, run } = setup();
    const { spaceId, pageIds } = addDocs(fake, 1);
    fake.faults.add({
      kind: "bad-rows",
      ids: [pageIds[0]!],
      change: (row) => ({ ...row, _links: { webui } }),
    });
    const [batch] = await run(Array.fromAsync(client.getPages(spaceId).batches()));
    const page = batch?.items.find((page) => page.id === pageIds[0]);
    if (typeof webui === "number") assertEquals(batch?.invalid[0]?.path?.endsWith("_links.webui"), true);
    else {assertEquals(
        page?.url,
        `https://fake.atlassian.net/wiki/pages/viewpage.action?pageId=${pageIds[0]}`,
        webui,
      );}
  }
});

Deno.test("getPagesByIds() does not hand out a page that was not asked for", async () => {
  const { fake, client, run } = setup();
  const { pageIds } = addDocs(fake, 2);
  fake.faults.add({ kind: "bad-rows", ids: [pageIds[0]!], change: (row) => ({ ...row, id: "424242" }) });
  const [batch] = await run(Array.fromAsync(client.getPagesByIds(pageIds).batches()));
  assertEquals(batch?.items.map((page) => page.id), [pageIds[1]]);
  assertEquals([batch?.invalid[0]?.objectId, batch?.invalid[0]?.path], ["424242", "results[0].id"]);
});

Deno.test("getPageById() fails with the field where the page cannot be read", async () => {
  const { fake, client, run } = setup();
  const { pageIds } = addDocs(fake, 1);
  fake.faults.add({ kind: "bad-rows", change: ({ spaceId: _, ...row }) => row });
  const error = await assertRejects(() => run(client.getPageById(pageIds[0]!)), ConfluenceResponseError);
  assertEquals([error.path, error.objectId, error.reason], ["spaceId", pageIds[0], "shape"]);
});

Deno.test("getSpaces(), getAttachmentsForPage() and searchCql() let bad rows fail alone too", async () => {
  const { fake, client, run } = setup();
  const { pageIds } = addDocs(fake, 1);
  fake.site.addSpace({ key: "TWO", name: "Two" });
  const files = ["a.txt", "b.txt"].map((filename) => fake.site.attach(pageIds[0]!, { filename }));
  fake.site.index.flush();
  const lists = [
    client.getSpaces(),
    client.getAttachmentsForPage(pageIds[0]!),
    client.searchCql("type = attachment order by created", { expand: ["version"] }),
  ];
  for (const list of lists) {
    let first = true;
    const change = (row: Row) => first ? (first = false, { id: row.id }) : row;
    const remove = fake.faults.add({ kind: "bad-rows", change });
    const batches = await run(
      Array.fromAsync<{ items: readonly unknown[]; invalid: readonly unknown[] }>(list.batches()),
    );
    assertEquals([batches[0]?.items.length, batches[0]?.invalid.length], [1, 1]);
    remove();
  }
  assertEquals(files.length, 2);
});

Deno.test("searchCql() fails a row whose expanded attachment is malformed, and has none where too little was expanded", async () => {
  const { fake, client, run } = setup();
  const { pageIds } = addDocs(fake, 1);
  const file = fake.site.attach(pageIds[0]!, { filename: "a.txt" });
  fake.site.index.flush();
  const expand = ["version", "history", "container", "extensions"];
  const cql = "type = attachment order by created";
  for (const part of expand) {
    const rest = expand.filter((other) => other !== part);
    const [batch] = await run(Array.fromAsync(client.searchCql(cql, { expand: rest }).batches()));
    assertEquals(batch?.items.map((hit) => [hit.id, hit.attachment]), [[file.id, null]], part);
  }
  fake.faults.add({ kind: "bad-rows", change: (row) => ({ ...row, extensions: { fileSize: "big" } }) });
  const [batch] = await run(Array.fromAsync(client.searchCql(cql, { expand }).batches()));
  assertEquals([batch?.items, batch?.invalid[0]?.path], [[], "results[0].extensions.fileSize"]);
});

Deno.test("searchCql() brings times with an offset to UTC", async () => {
  const { fake, client, all } = setup();
  addDocs(fake, 1);
  fake.site.index.flush();
  fake.faults.add({
    kind: "bad-rows",
    change: (row) => ({ ...row, version: { number: 2, when: "2026-03-01T21:00:00.5+0900" } }),
  });
  const [hit] = await all(client.searchCql("type = page and title ~ Page", { expand: ["version"] }));
  assertEquals([hit?.version, hit?.updatedAt], [2, "2026-03-01T12:00:00.500Z"]);
});

Deno.test("getAttachmentsForPage() takes the container from the row, and the page where the row has none", async () => {
  const { fake, client, run } = setup();
  const { pageIds } = addDocs(fake, 1);
  const file = fake.site.attach(pageIds[0]!, { filename: "a.txt" });
  const download = (container: string) =>
    `https://fake.atlassian.net/wiki/rest/api/content/${container}/child/attachment/${file.id}/download`;
  const table: [Row, string, string][] = [
    [{ blogPostId: "77" }, "blogpost", "77"],
    [{ customContentId: "78" }, "custom-content", "78"],
    [{}, "page", pageIds[0]!],
  ];
  for (const [container, type, id] of table) {
    fake.faults.add({ kind: "bad-rows", change: ({ pageId: _, ...row }) => ({ ...row, ...container }) });
    const [batch] = await run(Array.fromAsync(client.getAttachmentsForPage(pageIds[0]!).batches()));
    const attachment = batch?.items[0];
    assertEquals([attachment?.containerType, attachment?.containerId, attachment?.downloadUrl], [
      type,
      id,
      download(id),
    ]);
  }
  fake.faults.add({ kind: "bad-rows", change: ({ pageId: _, ...row }) => row });
  const error = await assertRejects(() => run(client.getAttachmentById(file.id)), ConfluenceResponseError);
  assertEquals(error.path, "pageId");
});
