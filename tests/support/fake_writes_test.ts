/** The writing routes, which tests of other people's tools may need: api.md section 14, points 6 and 13. */
import { assertEquals, assertStringIncludes } from "@std/assert";
import { FakeConfluence } from "./fake/mod.ts";
import { ask } from "./fake/testing.ts";

function setup() {
  const fake = new FakeConfluence();
  const space = fake.site.addSpace({ key: "A", homepage: true });
  const page = fake.site.addPage({
    spaceKey: "A",
    title: "Page",
    body: "<p>1</p>",
    parentId: space.homepageId,
  });
  const path = `/wiki/api/v2/pages/${page.id}`;
  return { fake, space, page, path };
}

const body = { representation: "storage", value: "<p>2</p>" };

Deno.test("POST /pages makes a page under the home page, and refuses a title that is taken, archived ones included", async () => {
  const { fake, space, page } = setup();
  const post = (title: string) =>
    ask(fake, "/wiki/api/v2/pages", {
      method: "POST",
      body: { spaceId: space.id, status: "current", title, body },
    });
  const made = await post("New");
  assertEquals([made.status, made.json.parentId, made.json.version.number], [200, space.homepageId, 1]);
  fake.site.archivePage(page.id);
  const refused = await post("page");
  assertEquals(refused.status, 400);
  assertStringIncludes(
    refused.json.errors[0].title,
    "A page already exists with the same TITLE in this space",
  );
  fake.site.trashPage(page.id);
  assertEquals((await post("page")).status, 200);
});

Deno.test("PUT /pages/{id} wants the next version, and re-parents with one", async () => {
  const { fake, page, path } = setup();
  const put = (number: number, more: object = {}) =>
    ask(fake, path, {
      method: "PUT",
      body: { id: page.id, status: "current", title: "Page", body, version: { number }, ...more },
    });
  const stale = await put(1);
  assertEquals([stale.status, stale.json.errors[0].code], [409, "CONFLICT"]);
  assertStringIncludes(stale.json.errors[0].title, "Current Version: [1]. Provided version: [1]");
  assertEquals((await put(2)).json.body.storage.value, "<p>2</p>");
  const parent = fake.site.addPage({ spaceKey: "A", title: "Parent" });
  const moved = await put(3, { parentId: parent.id });
  assertEquals([moved.json.parentId, moved.json.version.number], [parent.id, 3]);
  assertEquals(
    (await ask(fake, `${path}/title`, { method: "PUT", body: { status: "current", title: "Other" } })).json
      .version.number,
    4,
  );
});

Deno.test("DELETE /pages/{id} trashes, then purges; PUT restores", async () => {
  const { fake, page, path } = setup();
  assertEquals((await ask(fake, `${path}?purge=true`, { method: "DELETE" })).status, 400);
  assertEquals((await ask(fake, path, { method: "DELETE" })).status, 204);
  assertEquals((await ask(fake, path)).json.status, "trashed");
  const restored = await ask(fake, path, {
    method: "PUT",
    body: { id: page.id, status: "current", title: "Page", version: { number: 2 } },
  });
  assertEquals([restored.json.status, restored.json.version.number], ["current", 2]);
  await ask(fake, path, { method: "DELETE" });
  assertEquals((await ask(fake, `${path}?purge=true`, { method: "DELETE" })).status, 204);
  assertEquals((await ask(fake, path)).status, 404);
});

Deno.test("uploads need the XSRF header; POST refuses a name that is taken, PUT makes a version", async () => {
  const { fake, page } = setup();
  const send = (
    method: string,
    text: string,
    headers: Record<string, string> = { "x-atlassian-token": "nocheck" },
  ) => {
    const form = new FormData();
    form.set("file", new File([text], "a.txt", { type: "text/plain" }));
    form.set("comment", "c");
    return ask(fake, `/wiki/rest/api/content/${page.id}/child/attachment`, { method, body: form, headers });
  };
  assertEquals((await send("POST", "one", {})).status, 403);
  const made = await send("POST", "one");
  const [row] = made.json.results;
  assertEquals([made.status, row.title, row.version.number, row.extensions.fileSize], [200, "a.txt", 1, 3]);
  const again = await send("POST", "two");
  assertEquals(again.status, 400);
  assertStringIncludes(again.json.message, "same file name as an existing attachment");
  const replaced = await send("PUT", "three");
  assertEquals([replaced.json.results[0].id, replaced.json.results[0].version.number], [row.id, 2]);
  const form = new FormData();
  form.set("file", new File(["four!"], "b.txt"));
  const data = await ask(fake, `/wiki/rest/api/content/${page.id}/child/attachment/${row.id}/data`, {
    method: "POST",
    body: form,
    headers: { "x-atlassian-token": "no-check" },
  });
  assertEquals([data.json.version.number, data.json.extensions.fileSize, data.json.title], [3, 5, "a.txt"]);
  assertEquals((await ask(fake, `/wiki/api/v2/attachments/${row.id}`, { method: "DELETE" })).status, 204);
  assertEquals(fake.site.attachment(row.id).status, "trashed");
});

Deno.test("labels are written by v1 alone", async () => {
  const { fake, page } = setup();
  const path = `/wiki/rest/api/content/${page.id}/label`;
  const bad = await ask(fake, path, { method: "POST", body: [{ prefix: "global" }] });
  assertEquals([bad.status, bad.json.message.includes("Could not parse Labels")], [400, true]);
  const made = await ask(fake, path, { method: "POST", body: [{ prefix: "global", name: "red" }] });
  assertEquals(made.json.results[0].name, "red");
  assertEquals((await ask(fake, `${path}?name=red`, { method: "DELETE" })).status, 204);
  assertEquals(page.labels, []);
});

Deno.test("archiving answers 202 with a task; the v1 move makes no version", async () => {
  const { fake, page } = setup();
  fake.site.addSpace({ key: "B" });
  const target = fake.site.addPage({ spaceKey: "B", title: "Target" });
  const moved = await ask(fake, `/wiki/rest/api/content/${page.id}/move/append/${target.id}`, {
    method: "PUT",
  });
  assertEquals([moved.status, page.parentId, page.spaceId, page.version.number], [
    200,
    target.id,
    target.spaceId,
    1,
  ]);
  const told = await ask(fake, "/wiki/rest/api/content/archive", {
    method: "POST",
    body: { pages: [{ id: page.id }] },
  });
  assertEquals([told.status, page.status], [202, "archived"]);
  const task = await ask(fake, `/wiki${told.json.links.status}`);
  assertEquals(task.json.successful, true);
});
