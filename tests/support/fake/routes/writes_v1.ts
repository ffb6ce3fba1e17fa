/** Writing that only v1 can do: uploads, labels, archiving, moving. */
import type { Route } from "../http/router.ts";
import { type Answer, json } from "../http/answer.ts";
import { halt, v1BadRequest, v1Error, v1NotFound, v1Plain } from "../http/problems.ts";
import type { Exchange } from "../http/exchange.ts";
import { attachmentDocument } from "../search/documents.ts";
import type { AttachmentRecord, ContentRecord } from "../state/records.ts";
import { seesContent } from "../state/visibility.ts";
import { SiteError } from "../verbs/context.ts";
import { contentHit } from "../wire/v1.ts";

const upload = { current: ["write:confluence-file"], beta: ["write:attachment:confluence"] };
const label = { current: ["write:confluence-content"], beta: ["write:label:confluence"] };
const content = { current: ["write:confluence-content"], beta: ["write:page:confluence"] };
const child = "/wiki/rest/api/content/{id}/child/attachment";

export const WRITE_ROUTES_V1: readonly Route[] = [
  { method: "POST", pattern: child, scopes: upload, handle: (x) => uploadFiles(x, false) },
  { method: "PUT", pattern: child, scopes: upload, handle: (x) => uploadFiles(x, true) },
  { method: "POST", pattern: `${child}/{attachmentId}/data`, scopes: upload, handle: uploadVersion },
  { method: "POST", pattern: "/wiki/rest/api/content/{id}/label", scopes: label, handle: addLabels },
  { method: "DELETE", pattern: "/wiki/rest/api/content/{id}/label", scopes: label, handle: removeLabel },
  { method: "POST", pattern: "/wiki/rest/api/content/archive", scopes: content, handle: archive },
  { method: "GET", pattern: "/wiki/rest/api/longtask/{id}", handle: getTask },
  {
    method: "PUT",
    pattern: "/wiki/rest/api/content/{id}/move/{position}/{targetId}",
    scopes: content,
    handle: move,
  },
];

function needContent(x: Exchange, id = x.param("id")): ContentRecord {
  const found = x.state.contents.get(id);
  if (found === undefined || !seesContent(x.state, found, x.viewer)) halt(v1NotFound(id));
  return found;
}

/** POST never overwrites: a name that is taken is a 400. PUT makes a new version of it. */
async function uploadFiles(x: Exchange, replace: boolean): Promise<Answer> {
  const page = needContent(x);
  const { files, comment } = await formOf(x);
  return await attempt(async () => {
    const results: unknown[] = [];
    for (const file of files) {
      const same = x.state.attachmentsOf(page.id).rows.find((one) =>
        one.filename === file.name && one.status === "current"
      );
      const content = {
        filename: file.name,
        mediaType: file.type === "" ? "application/octet-stream" : file.type,
        bytes: new Uint8Array(await file.arrayBuffer()),
        comment,
      };
      const made = replace && same !== undefined
        ? x.site.attachVersion(same.id, content)
        : x.site.attach(page.id, content);
      results.push(shown(x, made));
    }
    return json({
      results,
      start: 0,
      limit: 50,
      size: results.length,
      _links: { base: x.base, context: "/wiki", self: `${x.base}${x.path.slice(5)}` },
    });
  });
}

async function uploadVersion(x: Exchange): Promise<Answer> {
  const page = needContent(x);
  const attachment = x.state.attachmentsById.get(x.param("attachmentId"));
  if (attachment?.containerId !== page.id) halt(v1NotFound(x.param("attachmentId")));
  const { files: [file], comment } = await formOf(x);
  if (file === undefined) halt(v1BadRequest("A file is required"));
  const bytes = new Uint8Array(await file.arrayBuffer());
  return await attempt(() =>
    Promise.resolve(json(shown(x, x.site.attachVersion(attachment.id, { bytes, comment }))))
  );
}

async function formOf(x: Exchange): Promise<{ files: File[]; comment: string }> {
  const token = x.request.headers.get("x-atlassian-token");
  if (token !== "no-check" && token !== "nocheck") halt(v1Plain(403, "XSRF check failed"));
  const form = await x.request.formData().catch(() => halt(v1BadRequest("A multipart form is required")));
  const comment = form.get("comment");
  return {
    files: form.getAll("file").filter((part) => part instanceof File),
    comment: typeof comment === "string" ? comment : "",
  };
}

function shown(x: Exchange, attachment: AttachmentRecord) {
  const document = attachmentDocument(x.state, attachment);
  if (document === null) halt(v1NotFound(attachment.id));
  return contentHit(x, document, new Set(["version", "container", "extensions"]));
}

async function addLabels(x: Exchange): Promise<Answer> {
  const page = needContent(x);
  const body: unknown = await x.request.json().catch(() => null);
  const labels = (Array.isArray(body) ? body : [body]) as ({ name?: unknown; prefix?: unknown } | null)[];
  for (const one of labels) {
    if (typeof one?.name !== "string" || one.name === "") halt(v1BadRequest("Could not parse Labels"));
  }
  for (const one of labels) x.site.addLabel(page.id, String(one?.name));
  const results = page.labels.map((name) => {
    const { id, prefix } = x.state.label(name);
    return { id, prefix, name, label: name };
  });
  return json({
    results,
    start: 0,
    limit: 200,
    size: results.length,
    _links: { base: x.base, context: "/wiki" },
  });
}

function removeLabel(x: Exchange): Answer {
  const page = needContent(x);
  x.site.removeLabel(page.id, x.query.get("name") ?? "");
  return { status: 204 };
}

/** Archives at once, although the answer says that a task will do it. */
async function archive(x: Exchange): Promise<Answer> {
  const body = await x.request.json().catch(() => null) as { pages?: { id?: unknown }[] } | null;
  const ids = (body?.pages ?? []).map(({ id }) => String(id));
  if (ids.length === 0) halt(v1BadRequest("pages must not be empty"));
  for (const id of ids) needContent(x, id);
  return await attempt(() => {
    for (const id of ids) x.site.archivePage(id);
    const task = String(x.fake.nextNonce());
    return Promise.resolve(json({ id: task, links: { status: `/rest/api/longtask/${task}` } }, 202));
  });
}

function getTask(x: Exchange): Answer {
  return json({
    id: x.param("id"),
    name: { key: "archive", args: [] },
    elapsedTime: 1,
    percentageComplete: 100,
    successful: true,
    finished: true,
    messages: [],
    _links: { self: `${x.base}/rest/api/longtask/${x.param("id")}`, base: x.base, context: "/wiki" },
  });
}

/** `append` puts it under the target, `before` and `after` beside it. No new version. */
async function move(x: Exchange): Promise<Answer> {
  const page = needContent(x);
  const target = needContent(x, x.param("targetId"));
  const position = x.param("position");
  if (!["append", "before", "after"].includes(position)) halt(v1BadRequest(`Unknown position: ${position}`));
  const { key: spaceKey } = x.state.spaceOf(target);
  return await attempt(() => {
    if (position === "append") x.site.movePage(page.id, { spaceKey, parentId: target.id });
    else {
      const place = (target.position ?? 0) + (position === "before" ? -1 : 1);
      x.site.movePage(page.id, { spaceKey, parentId: target.parentId, position: place });
    }
    return Promise.resolve(json({ pageId: page.id }));
  });
}

async function attempt(change: () => Promise<Answer>): Promise<Answer> {
  try {
    return await change();
  } catch (error) {
    if (!(error instanceof SiteError)) throw error;
    if (error.code === "not_found") return v1Error(404, "api.NotFoundException", error.message, false);
    if (error.code === "conflict") return v1Error(409, "api.ConflictException", error.message);
    return v1BadRequest(error.message);
  }
}
