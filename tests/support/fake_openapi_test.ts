/**
 * Every answer of the fake against Atlassian's own schemas. The schemas require next to nothing, so the test also
 * requires every documented field of rows, and knows the few places where live sites deviate from the document.
 */
import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";
import { Ajv, type AnySchemaObject, type ValidateFunction } from "ajv";
import formats from "ajv-formats";
import { FakeConfluence } from "./fake/mod.ts";
import { ROUTES } from "./fake/routes/mod.ts";
import { ask } from "./fake/testing.ts";

const dir = fromFileUrl(new URL("../../../shared/confluence/", import.meta.url));
const specV2 = `${dir}openapi-v2.json`;
const specV1 = `${dir}openapi-v1.json`;
const ignore = !exists(specV2) || !exists(specV1);
const skipped = ignore ? " (skipped: the OpenAPI files are not here)" : "";

function exists(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch {
    return false;
  }
}

type Schema = AnySchemaObject & { properties?: Record<string, AnySchemaObject> };

/** Seen null on live sites although the document does not say so. */
const NULL_IN_LIFE: Readonly<Record<string, readonly string[]>> = {
  PageBulk: ["parentId", "parentType", "subtype"],
  PageSingle: ["parentId", "parentType"],
  FolderSingle: ["parentId", "parentType"],
  WhiteboardSingle: ["parentId", "parentType"],
  DatabaseSingle: ["parentId", "parentType"],
  SmartLinkSingle: ["parentId", "parentType"],
  SpaceBulk: ["homepageId", "description", "icon"],
  SpaceSingle: ["homepageId", "description", "icon"],
  User: ["timeZone", "personalSpaceId"],
};

/** Documented fields that a row need not have: only one container is named, includes come on demand. */
const MAY_BE_MISSING: Readonly<Record<string, readonly string[]>> = {
  AttachmentBulk: ["pageId", "blogPostId", "customContentId"],
  FooterCommentModel: ["blogPostId", "pageId", "attachmentId", "customContentId", "parentCommentId"],
  InlineCommentModel: ["blogPostId", "pageId", "parentCommentId"],
  ChildrenResponse: ["spaceId"],
  Version: ["ncsStepVersion"],
};

/** Fields that live sites send beyond the document. */
const MORE_IN_LIFE: Readonly<Record<string, readonly string[]>> = {
  Version: ["ncsStepVersion"],
  DescendantsResponse: ["lastModified"],
};

const STRICT = [
  "PageBulk",
  "SpaceBulk",
  "AttachmentBulk",
  "BlogPostBulk",
  "Version",
  "PageVersion",
  "AttachmentVersion",
  "BlogPostVersion",
  "CommentVersion",
  "DetailedVersion",
  "Label",
  "PageCommentModel",
  "PageInlineCommentModel",
  "BlogPostCommentModel",
  "BlogPostInlineCommentModel",
  "ChildrenCommentModel",
  "InlineCommentChildrenModel",
  "ChildPage",
  "ChildrenResponse",
  "DescendantsResponse",
  "Ancestor",
  "User",
  "MultiEntityLinks",
];

interface Spec {
  readonly paths: Record<string, Record<string, unknown>>;
  readonly components: { readonly schemas: Record<string, Schema> };
}

function readSpec(path: string): Spec {
  return JSON.parse(Deno.readTextFileSync(path));
}

/** The v2 document as live sites fill it. */
function readLiveSpecV2(): Spec {
  const spec = readSpec(specV2);
  const { schemas } = spec.components;
  const types = schemas.ContentIdToContentTypeResponse!.properties!.results!;
  types.additionalProperties.anyOf.push({ type: "null" });
  for (const [name, schema] of Object.entries(schemas)) {
    for (const field of NULL_IN_LIFE[name] ?? []) {
      const given = schema.properties?.[field];
      if (given !== undefined) schema.properties![field] = { anyOf: [given, { type: "null" }] };
    }
    for (const field of MORE_IN_LIFE[name] ?? []) schema.properties![field] = {};
    if (!STRICT.includes(name) || schema.properties === undefined) continue;
    const optional = [...MAY_BE_MISSING[name] ?? [], "next"];
    schema.required = Object.keys(schema.properties).filter((field) => !optional.includes(field));
    schema.additionalProperties = false;
  }
  return spec;
}

/** The validator of a route's answer. */
function validatorOf(
  ajv: Ajv,
  spec: Spec,
  method: string,
  path: string,
  status: number,
) {
  const bare = (pattern: string) => pattern.replace(/\{[^}]*\}/g, "{}");
  const key = Object.keys(spec.paths).find((one) => bare(one) === bare(path));
  if (key === undefined) return null;
  const pointer = [
    "paths",
    key,
    method.toLowerCase(),
    "responses",
    String(status),
    "content",
    "application/json",
    "schema",
  ]
    .map((part) => part.replaceAll("~", "~0").replaceAll("/", "~1")).map(encodeURIComponent).join("/");
  return ajv.getSchema(`spec#/${pointer}`) as ValidateFunction | undefined ?? null;
}

function ajvFor(spec: Spec): Ajv {
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: true, logger: false });
  // deno-lint-ignore no-explicit-any -- the CommonJS default export is typed as its namespace
  (formats as any)(ajv);
  ajv.addSchema(spec, "spec");
  return ajv;
}

/** A site with something of everything. */
function everything() {
  const fake = new FakeConfluence();
  const { site } = fake;
  const space = site.addSpace({
    key: "ENG",
    name: "Engineering",
    homepage: true,
    labels: ["team"],
    description: "d",
  });
  const home = space.homepageId!;
  site.addSpace({ key: "~ana", name: "Ana" });
  const page = site.addPage({
    spaceKey: "ENG",
    title: "Page & more",
    parentId: home,
    body: "<p>Hi</p>",
    labels: ["a"],
  });
  site.editPage(page.id, { body: "<p>Hi again</p>", message: "second" });
  const folder = site.addFolder({ spaceKey: "ENG", title: "Folder" });
  const whiteboard = site.addWhiteboard({ spaceKey: "ENG", title: "Board", parentId: folder.id });
  const database = site.addDatabase({ spaceKey: "ENG", title: "Data", parentId: folder.id });
  const embed = site.addEmbed({
    spaceKey: "ENG",
    title: "Link",
    parentId: home,
    embedUrl: "https://example.com",
  });
  const under = site.addPage({
    spaceKey: "ENG",
    title: "Under a folder",
    parentId: folder.id,
    subtype: "live",
  });
  site.trashPage(site.addPage({ spaceKey: "ENG", title: "Trash", parentId: home }).id);
  site.archivePage(site.addPage({ spaceKey: "ENG", title: "Archive", parentId: home }).id);
  const blogpost = site.addBlogPost({ spaceKey: "ENG", title: "News", body: "<p>n</p>", labels: ["a"] });
  const attachment = site.attach(page.id, {
    filename: "a.png",
    mediaType: "image/png",
    size: 12,
    comment: "c",
  });
  site.attachVersion(attachment.id, { size: 13 });
  site.attach(blogpost.id, { filename: "b.txt", mediaType: "text/plain", size: 3 });
  site.addLabel(attachment.id, "a");
  const comments: Record<string, string> = {};
  for (const container of [page.id, blogpost.id]) {
    for (const kind of ["footer", "inline"] as const) {
      const add = kind === "footer" ? "addFooterComment" : "addInlineComment";
      const root = site[add](container, { body: "<p>c</p>", selection: "Hi" });
      site[add](container, { body: "<p>r</p>", parentCommentId: root.id });
      comments[`${kind}-comments`] ??= root.id;
    }
  }
  const ids: Record<string, string> = {
    spaces: space.id,
    pages: page.id,
    folders: folder.id,
    whiteboards: whiteboard.id,
    databases: database.id,
    embeds: embed.id,
    blogposts: blogpost.id,
    attachments: attachment.id,
    labels: site.state.label("a").id,
    ...comments,
  };
  return { fake, ids, home, under, page, attachment };
}

/** Queries that make lists show all they can. */
const QUERIES: Readonly<Record<string, readonly string[]>> = {
  "/wiki/api/v2/pages": [
    "",
    "body-format=storage&limit=1",
    "body-format=atlas_doc_format",
    "status=trashed,archived",
  ],
  "/wiki/api/v2/spaces": ["", "limit=1", "description-format=plain&include-icon=true"],
  "/wiki/api/v2/spaces/{id}": [
    "",
    "description-format=view&include-labels=true&include-permissions=true&include-operations=true&include-icon=true",
  ],
  "/wiki/api/v2/spaces/{id}/pages": ["", "body-format=storage&sort=-modified-date"],
  "/wiki/api/v2/pages/{id}": [
    "",
    "body-format=view",
    "body-format=export_view",
    "version=1&body-format=storage",
    "include-labels=true&include-operations=true&include-likes=true&include-versions=true&include-properties=true",
  ],
  "/wiki/api/v2/attachments/{id}": ["", "version=1&include-labels=true&include-versions=true"],
  "/wiki/api/v2/pages/{id}/versions": ["", "body-format=storage", "limit=1"],
  "/wiki/api/v2/pages/{id}/descendants": ["", "depth=10"],
};

/** Served live, but not in the document. */
const UNDOCUMENTED: readonly string[] = [];

Deno.test({
  name: `FakeConfluence answers every v2 GET as openapi-v2.json says${skipped}`,
  ignore,
  async fn() {
    const spec = readLiveSpecV2();
    const ajv = ajvFor(spec);
    const { fake, ids, home } = everything();
    const faults: string[] = [];
    let validated = 0;
    for (const route of ROUTES) {
      if (route.method !== "GET" || !route.pattern.startsWith("/wiki/api/v2/")) continue;
      const kind = route.pattern.split("/")[4]!;
      const path = route.pattern.replace("{id}", ids[kind] ?? "").replace("{number}", "1");
      for (const query of QUERIES[route.pattern] ?? ["", "body-format=storage&limit=1"]) {
        const paths = route.pattern.endsWith("children") && kind === "pages"
          ? [path, path.replace(ids.pages!, home)]
          : [path];
        for (const one of paths) {
          const told = await ask(fake, `${one}?${query}`);
          const validate = validatorOf(
            ajv,
            spec,
            "GET",
            route.pattern.slice("/wiki/api/v2".length),
            told.status,
          );
          if (validate === null) {
            if (!UNDOCUMENTED.includes(route.pattern)) {
              faults.push(`${route.pattern}: no schema for ${told.status}`);
            }
          } else if (told.status !== 200 || !validate(told.json)) {
            const errors = validate.errors?.map(({ instancePath, message, params }) =>
              `${instancePath} ${message} ${JSON.stringify(params)}`
            );
            faults.push(`${route.pattern}?${query}: ${told.status} ${errors?.slice(0, 4).join("; ")}`);
          } else validated++;
        }
      }
    }
    assertEquals(faults, []);
    assert(validated > 80, `only ${validated} answers were validated`);
  },
});

Deno.test({
  name: `FakeConfluence answers v2 POSTs as openapi-v2.json says${skipped}`,
  ignore,
  async fn() {
    const spec = readLiveSpecV2();
    const ajv = ajvFor(spec);
    const { fake, ids, page } = everything();
    const users = await ask(fake, "/wiki/api/v2/users-bulk", {
      method: "POST",
      body: { accountIds: [fake.site.accounts[0]!.accountId, "557058:stranger"] },
    });
    assertEquals(users.json.results.length, 1);
    const types = await ask(fake, "/wiki/api/v2/content/convert-ids-to-types", {
      method: "POST",
      body: { contentIds: [...Object.values(ids).filter((id) => /^\d+$/.test(id)), "1"] },
    });
    assertEquals(types.json.results[page.id], "page");
    assertEquals(types.json.results["1"], null);
    const made = await ask(fake, "/wiki/api/v2/pages", {
      method: "POST",
      body: {
        spaceId: ids.spaces,
        status: "current",
        title: "Made",
        body: { representation: "storage", value: "<p>x</p>" },
      },
    });
    for (
      const [path, told] of [["/users-bulk", users], ["/content/convert-ids-to-types", types], [
        "/pages",
        made,
      ]] as const
    ) {
      assertEquals(told.status, 200);
      const validate = validatorOf(ajv, spec, "POST", path, 200);
      assert(validate !== null && validate(told.json), `${path}: ${JSON.stringify(validate?.errors)}`);
    }
  },
});

Deno.test({
  name: `the check against openapi-v2.json notices missing, odd and wrong fields${skipped}`,
  ignore,
  async fn() {
    const spec = readLiveSpecV2();
    const validate = validatorOf(ajvFor(spec), spec, "GET", "/pages", 200)!;
    const { fake } = everything();
    const changes: ((row: Record<string, unknown>) => unknown)[] = [
      ({ title: _, ...row }) => row,
      (row) => ({ ...row, surprise: 1 }),
      (row) => ({ ...row, createdAt: "yesterday" }),
    ];
    for (const change of changes) {
      fake.faults.add({ kind: "bad-rows", change });
      assert(!validate((await ask(fake, "/wiki/api/v2/pages")).json), String(change));
    }
    assert(validate((await ask(fake, "/wiki/api/v2/pages")).json));
  },
});

/** The v1 routes of the document that the fake serves, with a query each. */
const V1_PATHS: Readonly<Record<string, string>> = {
  "/wiki/rest/api/search": "cql=type%20in%20(page,attachment,space,comment)%20order%20by%20created",
  "/wiki/rest/api/content/search":
    "cql=type%20in%20(page,attachment,comment,folder)&expand=version,history,container,extensions,metadata.labels,space,body.storage,ancestors",
  "/wiki/rest/api/user/current": "",
  "/wiki/rest/api/user": "accountId=557058:ana",
  "/wiki/rest/api/user/bulk": "accountId=557058:ana",
  "/wiki/rest/api/settings/systemInfo": "",
  "/wiki/rest/api/content/{id}/restriction": "",
  "/wiki/rest/api/content/{id}/restriction/byOperation": "",
  "/wiki/rest/api/content/{id}/restriction/byOperation/{operation}": "",
};

Deno.test({
  name: `FakeConfluence answers the v1 routes that are left as openapi-v1.json says${skipped}`,
  ignore,
  async fn() {
    const spec = readSpec(specV1);
    const ajv = ajvFor(spec);
    const { fake, page } = everything();
    fake.site.hidePage(page.id, [fake.site.accounts[0]!.accountId]);
    const faults: string[] = [];
    for (const [pattern, query] of Object.entries(V1_PATHS)) {
      const told = await ask(
        fake,
        `${pattern.replace("{id}", page.id).replace("{operation}", "read")}?${query}`,
      );
      const validate = validatorOf(ajv, spec, "GET", pattern, 200);
      if (validate === null) faults.push(`${pattern}: no schema`);
      else if (told.status !== 200 || !validate(told.json)) {
        const errors = validate.errors?.map((error) =>
          `${error.instancePath} ${error.message} ${JSON.stringify(error.params)}`
        );
        faults.push(`${pattern}: ${told.status} ${errors?.slice(0, 6).join("; ")}`);
      }
    }
    assertEquals(faults, []);
  },
});
