/**
 * The client against a real site. Runs where CONFLUENCE_TEST_URL, CONFLUENCE_TEST_EMAIL and CONFLUENCE_TEST_TOKEN are
 * set (and the test may reach the host: add `--allow-net`); reads a few rows, writes nothing. Set
 * CONFLUENCE_TEST_CLOUD_ID too for a scoped token.
 */
import { assert, assertEquals, assertRejects } from "@std/assert";

import {
  ConfluenceClient,
  ConfluenceError,
  ConfluenceNotFoundError,
  quoteCql,
} from "../../src/confluence/mod.ts";

const baseUrl = Deno.env.get("CONFLUENCE_TEST_URL") ?? "";
const email = Deno.env.get("CONFLUENCE_TEST_EMAIL") ?? "";
const apiToken = Deno.env.get("CONFLUENCE_TEST_TOKEN") ?? "";
const cloudId = Deno.env.get("CONFLUENCE_TEST_CLOUD_ID");
const ignore = baseUrl === "" || email === "" || apiToken === "";

function live(name: string, fn: (client: ConfluenceClient) => Promise<void>): void {
  const reason = ignore ? " [skipped: CONFLUENCE_TEST_URL, _EMAIL and _TOKEN are not set]" : "";
  const run = () => fn(new ConfluenceClient({ baseUrl, email, apiToken, cloudId }));
  Deno.test({ name: `live: ${name}${reason}`, ignore, fn: run });
}

async function take<T>(rows: AsyncIterable<T>, count: number): Promise<T[]> {
  const taken: T[] = [];
  for await (const row of rows) {
    taken.push(row);
    if (taken.length === count) break;
  }
  return taken;
}

/** The first space that has a page, and that page. */
async function anyPage(client: ConfluenceClient) {
  for (const space of await take(client.getSpaces(), 50)) {
    const [page] = await take(client.getPages(space.id), 1);
    if (page !== undefined) return { space, page };
  }
  throw new Error("Cannot test: the account sees no page in the first 50 spaces");
}

const ofSite = (client: ConfluenceClient, url: string) => url.startsWith(`${client.siteUrl}/`);

live("getCurrentUser() says that the credentials are known", async (client) => {
  assertEquals((await client.getCurrentUser()).type, "known");
});

live("getCloudId() tells the site's cloud id", async (client) => {
  assert(/^[0-9a-f-]{36}$/.test(await client.getCloudId()));
});

live("getSpaces() lists spaces, by key and by id too", async (client) => {
  const [space] = await take(client.getSpaces(), 1);
  assert(space !== undefined && ofSite(client, space.url));
  assertEquals((await take(client.getSpaces([space.key.toLowerCase()]), 5)).map(({ id }) => id), [space.id]);
  assertEquals((await take(client.getSpaces(undefined, { ids: [space.id] }), 5)).map(({ id }) => id), [
    space.id,
  ]);
});

live("getPages() lists pages by id in both formats, and resumes", async (client) => {
  const { space } = await anyPage(client);
  const pages = await take(client.getPages(space.id, "storage", { limit: 5 }), 12);
  assert(pages.every((page) => page.body?.format === "storage" && ofSite(client, page.url)));
  const ids = pages.map((page) => BigInt(page.id));
  assert(ids.every((id, index) => index === 0 || id > ids[index - 1]!), "sorted by id, none twice");
  const [batch] = await take(client.getPages(space.id, "storage", { limit: 5 }).batches(), 1);
  if (batch?.next) {
    const [next] = await take(client.getPages(space.id, "atlas_doc_format", { from: batch.next }), 1);
    assertEquals([next?.id, next?.body?.format], [pages[5]?.id, "atlas_doc_format"]);
  }
});

live("getPagesByIds() and getPageById() read the same page", async (client) => {
  const { page } = await anyPage(client);
  const [bulk] = await take(client.getPagesByIds([page.id, "1"], "storage"), 2);
  const single = await client.getPageById(page.id, "storage");
  assertEquals([bulk?.id, bulk?.title, bulk?.version], [single.id, single.title, single.version]);
});

live("getPageById() knows a missing page from bad credentials", async (client) => {
  const missing = await assertRejects(() => client.getPageById("1"), ConfluenceNotFoundError);
  assertEquals(missing.named, true, missing.message);
  const wrong = new ConfluenceClient({ baseUrl, email, apiToken: "wrong", cloudId });
  await assertRejects(() => wrong.getCurrentUser(), ConfluenceError);
});

live("getSpacePageIds() lists what getPages() lists", async (client) => {
  const { space, page } = await anyPage(client);
  assertEquals(await take(client.getSpacePageIds(space.key), 1), [{
    id: page.id,
    version: page.version.number,
  }]);
});

live(
  "searchCql() finds attachments, which getAttachmentById() and getAttachmentsForPage() know too",
  async (client) => {
    const expand = ["version", "history", "container", "extensions", "space"];
    const [hit] = await take(
      client.searchCql("type = attachment order by created desc", { expand, limit: 5 }),
      1,
    );
    if (hit === undefined) return;
    assert(hit.attachment !== null && ofSite(client, hit.attachment.downloadUrl));
    const single = await client.getAttachmentById(hit.id);
    assertEquals([single.filename, single.fileSize], [hit.attachment.filename, hit.attachment.fileSize]);
    assertEquals(single.version.number, hit.attachment.version.number);
    if (single.containerType !== "page") return;
    const all = await take(client.getAttachmentsForPage(single.containerId), 500);
    assert(all.some((attachment) => attachment.id === hit.id));
  },
);

live("searchCql() pages on over v1 next links", async (client) => {
  const { space } = await anyPage(client);
  const cql = `space = ${quoteCql(space.key)} and type = page order by created`;
  const hits = await take(client.searchCql(cql, { limit: 2, expand: ["version"] }), 5);
  assertEquals(new Set(hits.map((hit) => hit.id)).size, hits.length);
  assert(hits.every((hit) => hit.version !== null && hit.version > 0));
});

live("serverNow() is close to this machine's clock", async (client) => {
  await client.getCurrentUser();
  assert(Math.abs(client.serverNow() - Date.now()) < 3_600_000);
});
