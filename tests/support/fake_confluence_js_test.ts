/**
 * The fake, served over HTTP, read by a client nobody here wrote, with its own schemas. They are made strict by an
 * environment variable that the package reads when it is loaded: then it also reports every field it does not know.
 */
import { assert, assertEquals } from "@std/assert";
import { FakeConfluence } from "./fake/mod.ts";

Deno.env.set("AUDIT_SCHEMAS", "true");
const { createV1Client, createV2Client } = await import("confluence.js");

/** Where the package collects unknown fields. */
function drift(): readonly unknown[] {
  return (globalThis as unknown as Record<symbol, unknown[]>)[Symbol.for("apis-code-gen.schemaAudit")] ?? [];
}

interface Page {
  readonly results?: readonly { readonly id?: string | undefined }[] | undefined;
  readonly _links?: { readonly next?: string | undefined } | undefined;
}

/** Follows a list to its end by the cursor in its `next`. */
async function all(read: (cursor: string | undefined) => Promise<Page>): Promise<string[]> {
  const ids: string[] = [];
  let cursor: string | undefined;
  do {
    const page = await read(cursor);
    for (const { id } of page.results ?? []) ids.push(id!);
    const next = page._links?.next;
    cursor = next === undefined
      ? undefined
      : new URL(next, "http://any").searchParams.get("cursor") ?? undefined;
  } while (cursor !== undefined);
  return ids;
}

function site() {
  const fake = new FakeConfluence();
  fake.site.addSpace({ key: "ENG", homepage: true });
  fake.site.addSpace({ key: "OPS", homepage: true });
  fake.site.addSpace({ key: "~ana", homepage: true });
  const { pageIds } = fake.site.fill({ spaceKey: "ENG", pages: 60, bodyBytes: 400, attachments: 70 });
  fake.site.editPage(pageIds[0]!, { body: "<p>new</p>", message: "why" });
  fake.site.addLabel(pageIds[0]!, "one");
  fake.site.archivePage(pageIds[50]!);
  fake.site.trashPage(pageIds[51]!);
  const folder = fake.site.addFolder({ spaceKey: "OPS", title: "Folder" });
  const under = fake.site.addPage({ spaceKey: "OPS", title: "Under", parentId: folder.id });
  fake.site.addFooterComment(under.id, { body: "<p>c</p>" });
  fake.site.addInlineComment(under.id, { body: "<p>c</p>" });
  fake.site.addBlogPost({ spaceKey: "OPS", title: "Post" });
  return { fake, first: pageIds[0]!, folder, under };
}

Deno.test("confluence.js reads the served fake to the end with its own schemas, made strict", async () => {
  const { fake, first, folder, under } = site();
  await using running = await fake.serve();
  const config = {
    host: running.baseUrl.slice(0, -"/wiki".length),
    auth: { type: "basic" as const, email: "ana@example.com", apiToken: "test-token-ana" },
  };
  const v2 = createV2Client(config);
  const v1 = createV1Client(config);
  const eng = Number(fake.site.space("ENG").id);
  const paged = (cursor: string | undefined) => ({ limit: 7, ...(cursor === undefined ? {} : { cursor }) });

  assertEquals((await all((cursor) => v2.space.getSpaces({ ...paged(cursor), limit: 2 }))).length, 3);
  const listed = await all((cursor) =>
    v2.page.getPagesInSpace({ id: eng, bodyFormat: "storage", sort: "id", ...paged(cursor) })
  );
  assertEquals(listed, fake.site.visiblePages(String(eng), ["current", "archived"]).map(({ id }) => id));
  assertEquals(
    (await all((cursor) => v2.page.getPages({ bodyFormat: "atlas_doc_format", ...paged(cursor) }))).length,
    63,
  );
  const attachments = await all((cursor) => v2.attachment.getAttachments(paged(cursor)));
  assertEquals(
    attachments,
    fake.site.visibleAttachments(undefined, ["current", "archived"]).map(({ id }) => id),
  );
  assertEquals(
    (await all((cursor) => v2.attachment.getPageAttachments({ id: Number(first), ...paged(cursor) }))).length,
    2,
  );

  const page = await v2.page.getPageById({ id: Number(first), bodyFormat: "storage", includeLabels: true });
  assertEquals(page.body?.storage?.value, "<p>new</p>");
  assertEquals((await v2.version.getPageVersions({ id: Number(first) })).results?.length, 2);
  assertEquals((await v2.folder.getFolderById({ id: Number(folder.id) })).title, "Folder");
  assertEquals(
    (await v2.children.getFolderDirectChildren({ id: Number(folder.id) })).results?.[0]?.id,
    under.id,
  );
  assertEquals((await v2.ancestors.getPageAncestors({ id: Number(under.id) })).results?.[0]?.id, folder.id);
  assertEquals((await v2.comment.getPageFooterComments({ id: Number(under.id) })).results?.length, 1);
  assertEquals((await v2.comment.getPageInlineComments({ id: Number(under.id) })).results?.length, 1);
  assertEquals((await v2.blogPost.getBlogPosts({})).results?.length, 1);

  const found = await all((cursor) =>
    v1.content.searchContentByCQL({
      cql: "type = attachment order by lastmodified",
      expand: ["version", "history", "container", "extensions", "space", "metadata.labels"],
      ...paged(cursor),
    })
  );
  // Attachments of archived and trashed pages cannot be found.
  assertEquals(found.toSorted(), fake.site.visibleAttachments().map(({ id }) => id).toSorted());
  const everywhere = await v1.search.searchByCQL({
    cql: "type in (page, space) order by created",
    limit: 100,
  });
  assertEquals(everywhere.results.length, fake.site.visiblePages().length + 3);
  assertEquals((await v1.users.getCurrentUser({})).accountId, "557058:ana");
  assertEquals(drift(), []);
});

Deno.test("confluence.js refuses the served fake when a row is wrong, so its schemas do look", async () => {
  const { fake, first } = site();
  await using running = await fake.serve();
  const v2 = createV2Client({
    host: running.baseUrl.slice(0, -"/wiki".length),
    auth: { type: "basic", email: "ana@example.com", apiToken: "test-token-ana" },
  });
  fake.faults.add({ kind: "bad-rows", ids: [first], change: (row) => ({ ...row, title: 42 }) });
  const error = await v2.page.getPageById({ id: Number(first) }).then(() => null, (error) => error);
  assert(error instanceof Error && error.name === "SchemaMismatchError", Deno.inspect(error));
});
