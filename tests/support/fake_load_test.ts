/** Loading the sample site. */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl, join } from "@std/path";
import { FakeConfluence, loadSite } from "./fake/mod.ts";
import { ask, walk } from "./fake/testing.ts";

const dir = fromFileUrl(new URL("../../fixtures/site", import.meta.url));

interface SpaceFile {
  readonly id: string;
  readonly pages: {
    readonly id: string;
    readonly parentId: string | null;
    readonly position: number;
    readonly labels: string[];
    readonly status?: string;
    readonly versions: { number: number; createdAt: string; body?: string }[];
  }[];
  readonly attachments: { id: string; size?: number; file?: string; filename: string }[];
  readonly comments?: { id: string }[];
  readonly blogPosts?: { id: string }[];
}

function readSpaces(): { folder: string; file: SpaceFile }[] {
  return [...Deno.readDirSync(dir)].filter((entry) => entry.isDirectory).map(({ name }) => ({
    folder: join(dir, name),
    file: JSON.parse(Deno.readTextFileSync(join(dir, name, "space.json"))),
  }));
}

Deno.test("loadSite() serves every page of fixtures/site with its version, body and times", async () => {
  const fake = new FakeConfluence();
  await loadSite(fake.site, dir);
  let pages = 0;
  for (const { folder, file } of readSpaces()) {
    const list =
      `/wiki/api/v2/spaces/${file.id}/pages?limit=50&body-format=storage&status=current,archived,trashed`;
    const rows = (await walk(fake, list)).flatMap(({ json }) => json.results);
    assertEquals(rows.map(({ id }) => id).toSorted(), file.pages.map(({ id }) => id).toSorted());
    for (const page of file.pages) {
      const row = rows.find(({ id }) => id === page.id);
      const newest = page.versions.at(-1)!;
      const body = await Deno.readTextFile(join(folder, newest.body ?? `${page.id}.xhtml`));
      assertEquals([row.status, row.version.number, row.version.createdAt, row.body.storage.value], [
        page.status ?? "current",
        newest.number,
        newest.createdAt,
        body,
      ]);
      const { parentId, position, labels } = fake.site.page(page.id);
      const place = row.status === "trashed" ? [null, null] : [page.parentId, page.position];
      assertEquals([parentId, position, labels], [...place, page.labels]);
      pages++;
    }
    const attachments = file.attachments.map(({ id }) => fake.site.attachment(id));
    for (const [index, { size, file: name, filename }] of file.attachments.entries()) {
      const bytes = name === undefined ? size : (await Deno.stat(join(folder, name))).size;
      assertEquals([attachments[index]!.filename, attachments[index]!.fileSize], [filename, bytes]);
    }
    for (const { id } of file.comments ?? []) assert(fake.site.state.commentsById.has(id));
    for (const { id } of file.blogPosts ?? []) assertEquals(fake.site.page(id).kind, "blogpost");
  }
  assert(pages >= 84);
});

Deno.test("loadSite() serves stored ADF where there is some, and derives it elsewhere", async () => {
  const fake = new FakeConfluence();
  await loadSite(fake.site, dir);
  let stored = 0;
  for (const { folder } of readSpaces()) {
    for await (const { name } of Deno.readDir(folder)) {
      if (!name.endsWith(".adf.json")) continue;
      const told = await ask(fake, `/wiki/api/v2/pages/${name.split(".")[0]}?body-format=atlas_doc_format`);
      assertEquals(told.json.body.atlas_doc_format.value, await Deno.readTextFile(join(folder, name)));
      stored++;
    }
  }
  assert(stored >= 8);
  for (const told of await walk(fake, "/wiki/api/v2/pages?body-format=atlas_doc_format&limit=50")) {
    for (const { body } of told.json.results) {
      const document = JSON.parse(body.atlas_doc_format.value);
      assertEquals([document.type, document.version, Array.isArray(document.content)], ["doc", 1, true]);
    }
  }
});

Deno.test("loadSite() takes name, cloud id, zone and people from the sample site", async () => {
  const fake = new FakeConfluence();
  await loadSite(fake.site, dir);
  const about = JSON.parse(await Deno.readTextFile(join(dir, "site.json")));
  const info = (await ask(fake, "/wiki/rest/api/settings/systemInfo", { gateway: true })).json;
  assertEquals([info.siteTitle, info.cloudId, info.defaultTimeZone], [
    about.siteName,
    about.cloudId,
    about.defaultTimeZone,
  ]);
  const ana = about.users.find(({ email }: { email?: string }) => email === "ana@example.com");
  const user = (await ask(fake, "/wiki/rest/api/user/current")).json;
  assertEquals([user.accountId, user.displayName], [ana.accountId, ana.displayName]);
});

Deno.test("loadSite() makes everything findable at once, whatever the lag", async () => {
  const fake = new FakeConfluence({ settings: { search: { lagMs: 3_600_000 } } });
  await loadSite(fake.site, dir);
  const cql = encodeURIComponent("type in (page, attachment) order by created");
  const told = await walk(fake, `/wiki/rest/api/content/search?limit=100&cql=${cql}`);
  const found = told.flatMap(({ json }) => json.results.map(({ id }: { id: string }) => id));
  const expected = [...fake.site.visiblePages(), ...fake.site.visibleAttachments()].map(({ id }) => id);
  assertEquals(found.toSorted(), expected.toSorted());
});
