import { assert, assertEquals, assertRejects, assertStringIncludes, assertThrows } from "@std/assert";

import { ConfluenceClient, ConfluenceNotFoundError } from "../../src/confluence/mod.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { FakeConfluence } from "../support/fake/mod.ts";
import { addDocs, asked, EMAIL, setup, TOKEN } from "./setup.ts";

for (const gateway of [false, true]) {
  const via = gateway ? "through the gateway" : "on the site";

  Deno.test(`getSpaces() lists all spaces, or those of keys and ids, ${via}`, async () => {
    const { fake, client, all } = setup({ gateway });
    const docs = fake.site.addSpace({ key: "DOCS", name: "Documents" });
    const own = fake.site.addSpace({ key: "~712020abc.def", name: "Ana", type: "personal" });
    fake.site.addSpace({ key: "OPS", name: "Operations" });
    const spaces = await all(client.getSpaces());
    assertEquals(spaces.map((space) => space.key), ["DOCS", "~712020abc.def", "OPS"]);
    assertEquals(spaces[0], {
      id: docs.id,
      key: "DOCS",
      name: "Documents",
      type: docs.type,
      status: "current",
      homepageId: docs.homepageId,
      createdAt: "2026-03-01T12:00:00.000Z",
      url: "https://fake.atlassian.net/wiki/spaces/DOCS",
    });
    assertEquals(spaces[1]?.type, "personal");
    assertEquals((await all(client.getSpaces(["~712020abc.def", "docs"]))).map((space) => space.id), [
      docs.id,
      own.id,
    ]);
    assertEquals((await all(client.getSpaces(undefined, { ids: [own.id] }))).map((space) => space.id), [
      own.id,
    ]);
    assertEquals(await all(client.getSpaces([])), [], "no keys are no spaces, not all of them");
  });

  Deno.test(`getPages() lists all pages by id with bodies and human URLs of the site, ${via}`, async () => {
    const { fake, client, all } = setup({ gateway });
    const { spaceId, pageIds } = addDocs(fake, 7);
    const child = fake.site.addPage({
      spaceKey: "DOCS",
      title: "Ünder & more",
      parentId: pageIds[0]!,
      version: 3,
    });
    const pages = await all(client.getPages(spaceId, "storage", { limit: 3 }));
    const seen = fake.site.visiblePages(spaceId, ["current", "archived"]);
    assertEquals(pages.map((page) => page.id), seen.map((page) => page.id));
    assertEquals(pages[1]?.body, { format: "storage", value: "<p>Body 2</p>" });
    const last = pages.at(-1)!;
    assertEquals([last.id, last.title, last.version.number], [child.id, "Ünder & more", 3]);
    assertEquals([last.parentId, last.parentType], [pageIds[0], "page"]);
    assert(pages.every((page) => page.url.startsWith("https://fake.atlassian.net/wiki/spaces/DOCS/")), via);
    assertEquals((await all(client.getPages(spaceId))).every((page) => page.body === null), true);
    const adf = await all(client.getPages(spaceId, "atlas_doc_format"));
    assertEquals(JSON.parse(adf[0]?.body?.value ?? "").type, "doc");
    assertEquals(adf[0]?.body?.format, "atlas_doc_format");
  });

  Deno.test(`getPagesByIds() reads many pages at once, each once, without the absent ones, ${via}`, async () => {
    const { fake, client, all } = setup({ gateway });
    const { pageIds } = addDocs(fake, 5);
    fake.site.purgePage(pageIds[4]!);
    const ids = [pageIds[2]!, pageIds[0]!, pageIds[2]!, "999999999", pageIds[4]!];
    const pages = await all(client.getPagesByIds(ids, "storage"));
    assertEquals(pages.map((page) => page.id).sort(), [pageIds[0], pageIds[2]].sort() as string[]);
    assertEquals(fake.counters.total, 1);
    assertEquals(await all(client.getPagesByIds([])), []);
    assertEquals(fake.counters.total, 1, "nothing asked for, nothing requested");
    await all(client.getPagesByIds(pageIds, "storage", { chunkSize: 2 }));
    assertEquals(fake.counters.total, 4);
  });

  Deno.test(`getPagesByIds() finds trashed pages when asked for their status, ${via}`, async () => {
    const { fake, client, all } = setup({ gateway });
    const { pageIds } = addDocs(fake, 2);
    fake.site.trashPage(pageIds[0]!);
    assertEquals((await all(client.getPagesByIds(pageIds))).map((page) => page.id), [pageIds[1]]);
    const both = await all(client.getPagesByIds(pageIds, undefined, { statuses: ["current", "trashed"] }));
    assertEquals(both.map((page) => page.status), ["trashed", "current"]);
    assertEquals(both[0]?.parentId, null);
  });

  Deno.test(`getPageById() reads one page whatever its status, ${via}`, async () => {
    const { fake, client, run } = setup({ gateway });
    const { pageIds } = addDocs(fake, 2);
    fake.site.trashPage(pageIds[1]!);
    assertEquals((await run(client.getPageById(pageIds[0]!, "storage"))).body?.value, "<p>Body 1</p>");
    assertEquals((await run(client.getPageById(pageIds[1]!))).status, "trashed");
    const missing = await assertRejects(() => run(client.getPageById("999")), ConfluenceNotFoundError);
    assertEquals(missing.named, true);
    assertStringIncludes(missing.message, "Cannot read page 999: ");
  });

  Deno.test(`getSpacePageIds() lists ids and versions without bodies and remembers the space, ${via}`, async () => {
    const { fake, client, all } = setup({ gateway });
    const { pageIds } = addDocs(fake, 3);
    fake.site.editPage(pageIds[1]!);
    const expected = fake.site.visiblePages(undefined, ["current"]).map((page) => page.id);
    const rows = await all(client.getSpacePageIds("docs"));
    assertEquals(rows.map((row) => row.id), expected);
    assertEquals(rows.find((row) => row.id === pageIds[1])?.version, 2);
    assertEquals(asked(fake).some((url) => url.includes("body-format")), false);
    assertEquals(client.stats.byEndpoint, { "GET /spaces": 1, "GET /spaces/{id}/pages": 1 });
    await all(client.getSpacePageIds("DOCS"));
    assertEquals(client.stats.byEndpoint["GET /spaces"], 1);
    const error = await assertRejects(() => all(client.getSpacePageIds("NOPE")), ConfluenceNotFoundError);
    assertStringIncludes(error.message, "Cannot list page ids of space NOPE: no such space");
  });

  Deno.test(`getAttachmentsForPage() and getAttachmentById() give the v1 download route of the site, ${via}`, async () => {
    const { fake, client, all, run } = setup({ gateway });
    const { pageIds } = addDocs(fake, 1);
    const file = fake.site.attach(pageIds[0]!, {
      filename: "a b.png",
      mediaType: "image/png",
      size: 77,
      comment: "hm",
    });
    const [attachment] = await all(client.getAttachmentsForPage(pageIds[0]!));
    assertEquals(attachment, {
      id: file.id,
      status: "current",
      filename: "a b.png",
      containerId: pageIds[0]!,
      containerType: "page",
      mediaType: "image/png",
      fileSize: 77,
      fileId: attachment!.fileId,
      comment: "hm",
      createdAt: "2026-03-01T12:00:00.000Z",
      version: attachment!.version,
      downloadUrl: `https://fake.atlassian.net/wiki/rest/api/content/${
        pageIds[0]
      }/child/attachment/${file.id}/download`,
    });
    assertEquals(attachment?.version.number, 1);
    assert(attachment?.fileId !== null && attachment?.fileId !== file.id);
    assertEquals(await run(client.getAttachmentById(file.id)), attachment);
    const missing = await assertRejects(
      () => run(client.getAttachmentById("att424242")),
      ConfluenceNotFoundError,
    );
    assertEquals(missing.named, true);
  });

  Deno.test(`searchCql() gives hits, and whole attachments where enough was expanded, ${via}`, async () => {
    const { fake, client, all, run } = setup({ gateway });
    const { pageIds } = addDocs(fake, 2);
    const file = fake.site.attach(pageIds[0]!, {
      filename: "plan.pdf",
      mediaType: "application/pdf",
      size: 9,
    });
    fake.site.addLabel(pageIds[1]!, "how-to");
    fake.site.index.flush();
    const expand = ["version", "history", "container", "extensions", "space", "metadata.labels"];
    const cql =
      'space = "DOCS" and type in (page, attachment) and lastmodified >= now("-60m") order by lastmodified';
    const hits = await all(client.searchCql(cql, { expand }));
    const page = hits.find((hit) => hit.id === pageIds[1])!;
    assertEquals(page, {
      id: pageIds[1]!,
      type: "page",
      status: "current",
      title: "Page 2",
      spaceKey: "DOCS",
      version: 1,
      updatedAt: "2026-03-01T12:00:00.000Z",
      attachment: null,
      labels: [{ name: "how-to", prefix: "global" }],
    });
    const hit = hits.find((hit) => hit.type === "attachment")!;
    assertEquals(hit.attachment, await run(client.getAttachmentById(file.id)), "v1 and v2 tell the same");
    assertEquals(hit.labels, []);
    const plain = await all(client.searchCql("type = attachment order by created"));
    assertEquals(plain[0]?.labels, null, "not asked for");
    assertEquals([plain[0]?.id, plain[0]?.version, plain[0]?.spaceKey, plain[0]?.attachment], [
      file.id,
      null,
      null,
      null,
    ]);
  });

  Deno.test(`searchCql() follows v1 next links, which have no /wiki, to the end, ${via}`, async () => {
    const { fake, client, all } = setup({ gateway });
    addDocs(fake, 12);
    fake.site.index.flush();
    const hits = await all(
      client.searchCql('title ~ "Page" and space = "DOCS" order by created', { limit: 5 }),
    );
    const titles = Array.from({ length: 12 }, (_, index) => `Page ${index + 1}`);
    assertEquals(
      hits.map((hit) => hit.title).filter((title) => title.startsWith("Page")).sort(),
      titles.sort(),
    );
    assert(client.stats.requests >= 3);
    assert(fake.counters.log.every((entry) => entry.status === 200));
  });

  Deno.test(`getCurrentUser() tells who asks, ${via}`, async () => {
    const { client, run } = setup({ gateway });
    assertEquals(await run(client.getCurrentUser()), {
      type: "known",
      accountId: "557058:ana",
      displayName: "Ana Example",
    });
  });

  Deno.test(`getCloudId() asks the site without credentials, ${via}`, async () => {
    const { fake, client, run } = setup({ gateway });
    assertEquals(await run(client.getCloudId()), fake.site.cloudId);
    assertEquals(fake.counters.log.map((entry) => [entry.url, entry.authorized]), [
      ["https://fake.atlassian.net/_edge/tenant_info", false],
    ]);
  });

  Deno.test(`ConfluenceClient works over real HTTP, ${via}`, async () => {
    const fake = new FakeConfluence();
    const { spaceId, pageIds } = addDocs(fake, 30);
    await using running = await fake.serve();
    const client = new ConfluenceClient({
      baseUrl: running.baseUrl,
      email: EMAIL,
      apiToken: TOKEN,
      limits: { requestsPerSecond: 1000 },
      ...(gateway ? { cloudId: fake.site.cloudId, gatewayUrl: running.gatewayUrl } : {}),
    });
    const pages = await Array.fromAsync(client.getPages(spaceId, "storage", { limit: 7 }));
    assertEquals(pages.map((page) => page.id), fake.site.visiblePages(spaceId).map((page) => page.id));
    assert(pages.every((page) => page.url.startsWith(`${running.baseUrl}/spaces/DOCS/`)));
    fake.site.index.flush();
    const hits = await Array.fromAsync(client.searchCql("type = page order by created", { limit: 7 }));
    assertEquals(new Set(hits.map((hit) => hit.id)), new Set(pages.map((page) => page.id)));
    assertEquals((await client.getPageById(pageIds[3]!, "storage")).body?.value, "<p>Body 4</p>");
    assertEquals(client.stats.inFlight, 0);
  });
}

Deno.test("getPages() resumes at a next link, with the body format of this call", async () => {
  const { fake, client, all, run } = setup();
  const { spaceId } = addDocs(fake, 10);
  const whole = await all(client.getPages(spaceId));
  const first = await run(
    client.getPages(spaceId, "storage", { limit: 4 }).batches()[Symbol.asyncIterator]().next(),
  );
  const from: string = first.value.next;
  assertEquals(first.value.items.length, 4);
  assert(from.startsWith(`/wiki/api/v2/spaces/${spaceId}/pages?`), from);
  const rest = await all(client.getPages(spaceId, undefined, { from }));
  assertEquals(rest.map((page) => page.id), whole.slice(4).map((page) => page.id));
  assertEquals(rest.every((page) => page.body === null), true);
  const adf = await all(client.getPages(spaceId, "atlas_doc_format", { from }));
  assertEquals(adf.map((page) => page.body?.format), rest.map(() => "atlas_doc_format" as const));
  const gateway = setup({ gateway: true, client: { fetch: fake.fetch } });
  assertEquals(
    (await gateway.all(gateway.client.getPages(spaceId, undefined, { from }))).length,
    rest.length,
  );
});

Deno.test("getPages() refuses to resume at a link of another space or place", () => {
  const { client } = setup();
  for (
    const from of [
      "/wiki/api/v2/spaces/2/pages?cursor=a",
      "/wiki/api/v2/pages?cursor=a",
      "https://evil.example/wiki/api/v2/spaces/1/pages?cursor=a",
      "cursor",
    ]
  ) {
    assertThrows(
      () => client.getPages("1", "storage", { from }),
      ConfluenceIndexError,
      "the resume link is not of it",
    );
  }
});

Deno.test("getPages() keeps one limit from first to last and asks for sort=id", async () => {
  const { fake, client, all } = setup();
  const { spaceId } = addDocs(fake, 10);
  await all(client.getPages(spaceId, undefined, { limit: 3, statuses: ["current", "archived"] }));
  const queries = asked(fake).map((url) => new URL(url, "https://x").searchParams);
  assert(queries.length >= 4);
  assertEquals(queries.every((query) => query.get("limit") === "3" && query.get("sort") === "id"), true);
  assertEquals(queries[0]?.getAll("status"), ["current", "archived"]);
});

Deno.test("getPages() asks for 250 rows unless told otherwise, and refuses impossible limits and ids", async () => {
  const { fake, client, all } = setup();
  const { spaceId } = addDocs(fake, 1);
  await all(client.getPages(spaceId));
  assertStringIncludes(asked(fake)[0]!, "limit=250");
  for (const limit of [0, 251, 1.5]) {
    assertThrows(() => client.getPages(spaceId, undefined, { limit }), ConfluenceIndexError);
  }
  for (const id of ["", "1/../2", "1?x", ".."]) {
    assertThrows(() => client.getPages(id), ConfluenceIndexError, "is not an id");
    assertThrows(() => client.getPagesByIds([id]), ConfluenceIndexError, "is not an id");
    assertThrows(() => client.getAttachmentsForPage(id), ConfluenceIndexError, "is not an id");
    assertThrows(() => client.searchCql(" "), ConfluenceIndexError, "the query is empty");
  }
});

Deno.test("getSpaces() asks for at most 250 keys and no overlong URL at once", async () => {
  const { fake, client, all } = setup({ client: { limits: { requestsPerSecond: 1000 } } });
  const keys = Array.from({ length: 600 }, (_, index) => `K${index}`);
  for (const key of keys.slice(0, 300)) fake.site.addSpace({ key, name: key });
  assertEquals((await all(client.getSpaces([...keys, "K1"]))).length, 300);
  const counts = asked(fake).map((url) =>
    new URL(url, "https://x").searchParams.get("keys")?.split(",").length
  );
  assertEquals(counts.filter((count) => count !== undefined), [250, 250, 100]);
  fake.counters.reset();
  const long = Array.from({ length: 250 }, (_, index) => `~${"7".repeat(45)}${index}`);
  await all(client.getSpaces(long));
  assert(asked(fake).every((url) => url.length < 7000));
});

Deno.test("getSpaces() takes spaces of unknown types as data", async () => {
  const { fake, client, all } = setup();
  fake.site.addSpace({ key: "NEW", name: "New", type: "hologram" });
  assertEquals((await all(client.getSpaces()))[0]?.type, "hologram");
});

Deno.test("serverNow() is the local clock at first, then the server's", async () => {
  const { fake, clock, client, run } = setup();
  assertEquals(client.serverNow(), clock.now());
  const site = { now: () => clock.now() + 90_000 };
  const other = new FakeConfluence({ clock: site });
  const skewed = setup({ client: { fetch: other.fetch, clock } }).client;
  await run(skewed.getCurrentUser());
  assertEquals(skewed.serverNow(), clock.now() + 90_000);
  assertEquals(fake.counters.total, 0);
});

Deno.test("serverNow() uses the Date header where nothing more exact is there", async () => {
  const clock = setup().clock;
  const date = new Date(clock.now() - 5000).toUTCString();
  const fetch = () => Promise.resolve(Response.json({ type: "known" }, { headers: { date } }));
  const { client } = setup({ client: { fetch, clock } });
  await clock.run(client.getCurrentUser());
  assertEquals(client.serverNow(), Date.parse(date));
});

Deno.test("batches() tells bytes, server time and where to resume", async () => {
  const { fake, clock, client, run } = setup();
  const { spaceId } = addDocs(fake, 5);
  const batches = await run(Array.fromAsync(client.getPages(spaceId, "storage", { limit: 3 }).batches()));
  assertEquals(batches.map((batch) => batch.next === null), [false, true]);
  assertEquals(batches.reduce((sum, batch) => sum + batch.bytes, 0), client.stats.bytesReceived);
  assert(batches.every((batch) => batch.bytes > 0 && Math.abs(batch.receivedAt - clock.now()) < 60_000));
});

Deno.test("A listing asks anew each time it is walked, and nothing before", async () => {
  const { fake, client, all } = setup();
  const { spaceId } = addDocs(fake, 2);
  const pages = client.getPages(spaceId);
  assertEquals(fake.counters.total, 0);
  const before = (await all(pages)).length;
  fake.site.addPage({ spaceKey: "DOCS", title: "New" });
  assertEquals((await all(pages)).length, before + 1);
});
