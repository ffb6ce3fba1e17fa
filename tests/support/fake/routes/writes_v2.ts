/** The writing side of v2 pages, for tests that change the site over HTTP: api.md section 2.2. */
import type { Route } from "../http/router.ts";
import { type Answer, json } from "../http/answer.ts";
import { flagOf, pathId } from "../http/query.ts";
import { halt, v2BadParameter, v2Error, v2NotFound } from "../http/problems.ts";
import type { Exchange } from "../http/exchange.ts";
import type { ContentRecord } from "../state/records.ts";
import { SiteError } from "../verbs/context.ts";
import { pageRow } from "../wire/v2.ts";
import { needSeen, needSeenAttachment } from "./common.ts";

const scopes = { current: ["write:page:confluence"] };

export const WRITE_ROUTES_V2: readonly Route[] = [
  { method: "POST", pattern: "/wiki/api/v2/pages", scopes, handle: createPage },
  { method: "PUT", pattern: "/wiki/api/v2/pages/{id}", scopes, handle: updatePage },
  { method: "PUT", pattern: "/wiki/api/v2/pages/{id}/title", scopes, handle: updateTitle },
  {
    method: "DELETE",
    pattern: "/wiki/api/v2/pages/{id}",
    scopes: { current: ["delete:page:confluence"] },
    handle: deletePage,
  },
  {
    method: "DELETE",
    pattern: "/wiki/api/v2/attachments/{id}",
    scopes: { current: ["delete:attachment:confluence"] },
    handle: deleteAttachment,
  },
];

interface PageWrite {
  readonly id?: string;
  readonly spaceId?: string;
  readonly status?: string;
  readonly title?: string;
  readonly parentId?: string;
  readonly body?: { readonly representation?: string; readonly value?: string };
  readonly version?: { readonly number?: number; readonly message?: string };
}

async function createPage(x: Exchange): Promise<Answer> {
  const { spaceId, title, parentId, body, status } = await bodyOf(x);
  if (spaceId === undefined || title === undefined) {
    halt(v2Error(400, "INVALID_REQUEST_PARAMETER", "Fields 'spaceId' and 'title' are required"));
  }
  return attempt(() =>
    shown(
      x,
      x.site.addPage({
        spaceId,
        title,
        parentId: parentId ?? x.state.spacesById.get(spaceId)?.homepageId ?? null,
        status: status === "draft" ? "draft" : "current",
        ...contentOf(body),
        ...author(x),
      }),
    )
  );
}

async function updatePage(x: Exchange): Promise<Answer> {
  const page = needSeen(x, pathId(x), "page");
  const { id, status, title, body, version, parentId } = await bodyOf(x);
  if (id !== page.id || status === undefined || title === undefined || version?.number === undefined) {
    halt(
      v2Error(
        400,
        "INVALID_REQUEST_PARAMETER",
        "Fields 'id', 'status', 'title' and 'version.number' are required",
      ),
    );
  }
  const current = page.version.number;
  if (version.number !== current + 1) {
    halt(v2Error(
      409,
      "CONFLICT",
      `Version must be incremented when updating a page. Current Version: [${current}]. ` +
        `Provided version: [${version.number}]`,
    ));
  }
  return attempt(() => {
    if (page.status !== "current" && status === "current") {
      return shown(x, x.site.restorePage(page.id, { title }));
    }
    if (parentId !== undefined && parentId !== page.parentId) x.site.movePage(page.id, { parentId });
    const message = version.message ?? "";
    return shown(x, x.site.editPage(page.id, { title, message, ...contentOf(body), ...author(x) }));
  });
}

async function updateTitle(x: Exchange): Promise<Answer> {
  const page = needSeen(x, pathId(x), "page");
  const { title } = await bodyOf(x);
  if (title === undefined) halt(v2Error(400, "INVALID_REQUEST_PARAMETER", "Field 'title' is required"));
  return attempt(() => shown(x, x.site.editPage(page.id, { title, ...author(x) })));
}

/** First into the trash; with `purge` out of it, for good. */
function deletePage(x: Exchange): Answer {
  const page = needSeen(x, pathId(x), "page");
  const purge = flagOf(x, "purge");
  if (purge && page.status !== "trashed") {
    halt(
      v2Error(
        400,
        "INVALID_REQUEST_PARAMETER",
        `Cannot purge page with id [${page.id}]: it is not in the trash`,
      ),
    );
  }
  return attempt(() => {
    if (purge || page.status === "draft") x.site.purgePage(page.id);
    else x.site.trashPage(page.id);
    return { status: 204 };
  });
}

function deleteAttachment(x: Exchange): Answer {
  const attachment = needSeenAttachment(x, x.param("id"));
  if (flagOf(x, "purge")) x.site.purgeAttachment(attachment.id);
  else x.site.deleteAttachment(attachment.id);
  return { status: 204 };
}

function shown(x: Exchange, page: ContentRecord): Answer {
  const row = pageRow(x, page, "storage");
  return json({ ...row, _links: { ...row._links, base: x.base } });
}

async function bodyOf(x: Exchange): Promise<PageWrite> {
  const body = await x.request.json().catch(() => null);
  if (typeof body !== "object" || body === null) halt(v2BadParameter("body", "", "JSON object"));
  return body as PageWrite;
}

function contentOf(body: PageWrite["body"]): { body?: string; adf?: string } {
  if (body?.value === undefined) return {};
  return body.representation === "atlas_doc_format" ? { body: "", adf: body.value } : { body: body.value };
}

function author(x: Exchange): { authorId?: string } {
  return x.account === null ? {} : { authorId: x.account.accountId };
}

/** Turns a refusal of the site into its answer. */
function attempt(change: () => Answer): Answer {
  try {
    return change();
  } catch (error) {
    if (!(error instanceof SiteError)) throw error;
    if (error.code === "not_found") return v2NotFound(error.message);
    if (error.code === "conflict") return v2Error(409, "CONFLICT", error.message);
    return v2Error(400, "INVALID_REQUEST_PARAMETER", error.message);
  }
}
