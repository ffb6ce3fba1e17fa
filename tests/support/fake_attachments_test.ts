/** Attachments and their bytes: api.md section 14, points 9 and 13. */
import { assertEquals, assertMatch, assertNotEquals } from "@std/assert";
import { FakeConfluence } from "./fake/mod.ts";
import { ask, idsOf, walk } from "./fake/testing.ts";

function site() {
  const fake = new FakeConfluence();
  fake.site.addSpace({ key: "A" });
  const page = fake.site.addPage({ spaceKey: "A", title: "Page" });
  const bytes = new TextEncoder().encode("first");
  const attachment = fake.site.attach(page.id, {
    filename: "a b.txt",
    mediaType: "text/plain",
    bytes,
    comment: "c",
  });
  const path = `/wiki/rest/api/content/${page.id}/child/attachment/${attachment.id}/download`;
  return { fake, page, attachment, path };
}

Deno.test("attachment rows have the API's download path, and a file id that is not the id", async () => {
  const { fake, page, attachment } = site();
  const row = (await ask(fake, `/wiki/api/v2/pages/${page.id}/attachments`)).json.results[0];
  assertEquals([row.id, row.title, row.pageId, row.fileSize, row.comment], [
    attachment.id,
    "a b.txt",
    page.id,
    5,
    "c",
  ]);
  assertMatch(row.id, /^att\d+$/);
  assertMatch(row.fileId, /^[0-9a-f-]{36}$/);
  assertEquals(row.downloadLink, `/rest/api/content/${page.id}/child/attachment/${attachment.id}/download`);
});

Deno.test("attachment lists page by 50, filter, and follow the status of the page", async () => {
  const { fake, page } = site();
  for (let n = 0; n < 60; n++) {
    fake.site.attach(page.id, { filename: `${n}.png`, mediaType: n % 2 === 0 ? "image/png" : "image/gif" });
  }
  const path = `/wiki/api/v2/pages/${page.id}/attachments`;
  assertEquals((await walk(fake, path)).map(({ json }) => json.results.length), [50, 11]);
  assertEquals((await ask(fake, `${path}?mediaType=image/png`)).json.results.length, 30);
  assertEquals((await ask(fake, `${path}?filename=7.png`)).json.results.length, 1);
  const ids = idsOf(await walk(fake, `${path}?sort=-created-date&limit=9`));
  assertEquals(new Set(ids).size, 61);
  fake.site.trashPage(page.id);
  assertEquals((await ask(fake, path)).json.results, []);
  assertEquals((await ask(fake, `${path}?status=trashed`)).json.results.length, 50);
  assertEquals((await ask(fake, "/wiki/api/v2/attachments")).json.results, []);
});

Deno.test("GET /attachments/{id} gives old versions, and trashed ones as trashed", async () => {
  const { fake, attachment } = site();
  fake.site.attachVersion(attachment.id, { bytes: new TextEncoder().encode("second!") });
  const now = (await ask(fake, `/wiki/api/v2/attachments/${attachment.id}`)).json;
  const old = (await ask(fake, `/wiki/api/v2/attachments/${attachment.id}?version=1`)).json;
  assertEquals([now.version.number, now.fileSize, old.version.number, old.fileSize], [2, 7, 1, 5]);
  assertNotEquals(now.fileId, old.fileId);
  const versions = (await ask(fake, `/wiki/api/v2/attachments/${attachment.id}/versions`)).json.results;
  assertEquals(versions.map(({ number }: { number: number }) => number), [2, 1]);
  fake.site.deleteAttachment(attachment.id);
  assertEquals((await ask(fake, `/wiki/api/v2/attachments/${attachment.id}`)).json.status, "trashed");
});

Deno.test("a download is a redirect to another host whose link works once and without credentials only", async () => {
  const { fake, path } = site();
  const told = await ask(fake, path);
  const location = told.headers.get("location")!;
  assertEquals([told.status, new URL(location).origin], [302, "https://api.media.atlassian.com"]);
  const withCredentials = await ask(fake, location);
  assertEquals(withCredentials.status, 403);
  const bytes = await ask(fake, location, { as: null });
  assertEquals([bytes.status, bytes.text, bytes.headers.get("content-type")], [200, "first", "text/plain"]);
  assertEquals((await ask(fake, location, { as: null })).status, 403);
  const forged = (await ask(fake, path)).headers.get("location")!.replace(/\/file\/[^/]+/, "/file/other");
  assertEquals((await ask(fake, forged, { as: null })).status, 403);
});

Deno.test("a download gives any version, goes through the gateway, and needs the right page", async () => {
  const { fake, path, attachment } = site();
  fake.site.attachVersion(attachment.id, { bytes: new TextEncoder().encode("second") });
  const text = async (from: string, gateway = false) => {
    const location = (await ask(fake, from, { gateway })).headers.get("location")!;
    return (await ask(fake, location, { as: null })).text;
  };
  assertEquals([await text(path), await text(`${path}?version=1`), await text(path, true)], [
    "second",
    "first",
    "second",
  ]);
  assertEquals((await ask(fake, `${path}?version=9`)).status, 404);
  const other = fake.site.addPage({ spaceKey: "A", title: "Other" });
  const wrong = `/wiki/rest/api/content/${other.id}/child/attachment/${attachment.id}/download`;
  assertEquals((await ask(fake, wrong)).status, 404);
  fake.site.deleteAttachment(attachment.id);
  assertEquals((await ask(fake, path)).status, 404);
  assertEquals((await ask(fake, `${path}?status=trashed`)).status, 302);
});

Deno.test("fetch follows a download as a browser does, dropping the credentials for the other host", async () => {
  const { fake, path } = site();
  const headers = { authorization: `Basic ${btoa("ana@example.com:test-token-ana")}` };
  const response = await fake.fetch(fake.hosts.site + path, { headers });
  assertEquals([response.status, await response.text(), response.redirected], [200, "first", true]);
  assertEquals(fake.counters.log.map(({ authorized }) => authorized), [true, false]);
});

Deno.test("bytes of attachments that have just a size are made up, of that size", async () => {
  const { fake, page } = site();
  const big = fake.site.attach(page.id, { filename: "big", size: 100_000 });
  const response = await fake.fetch(
    `${fake.hosts.site}/wiki/rest/api/content/${page.id}/child/attachment/${big.id}/download`,
    { headers: { authorization: `Basic ${btoa("ana@example.com:test-token-ana")}` } },
  );
  assertEquals((await response.arrayBuffer()).byteLength, 100_000);
});

Deno.test("the old download path refuses API tokens with an OAuth challenge", async () => {
  const { fake, page } = site();
  const told = await ask(fake, `/wiki/download/attachments/${page.id}/a.txt`);
  assertEquals(told.status, 401);
  assertEquals(told.headers.get("www-authenticate"), 'OAuth realm="https%3A%2F%2Ffake.atlassian.net%2Fwiki"');
});

Deno.test("there is no v2 download", async () => {
  const { fake, attachment } = site();
  assertEquals((await ask(fake, `/wiki/api/v2/attachments/${attachment.id}/download`)).status, 404);
});
