/** People, the caller, the site, and kinds of ids. */
import type { Route } from "../http/router.ts";
import { type Answer, json } from "../http/answer.ts";
import type { Exchange } from "../http/exchange.ts";
import { halt, v1NotFound, v2Error } from "../http/problems.ts";
import type { UserRecord } from "../state/records.ts";
import { seesComment, seesContent } from "../state/visibility.ts";
import { v1User } from "../wire/v1.ts";
import { userRow } from "../wire/v2.ts";
import { SCOPES } from "./common.ts";

const user = { current: ["read:confluence-user"], beta: ["read:content-details:confluence"] };
const settings = {
  current: ["manage:confluence-configuration"],
  beta: ["read:configuration:confluence"],
};

export const USER_ROUTES: readonly Route[] = [
  {
    method: "GET",
    pattern: "/_edge/tenant_info",
    open: true,
    handle: (x) => json({ cloudId: x.site.cloudId }),
  },
  { method: "GET", pattern: "/wiki/rest/api/user/current", scopes: user, handle: getCurrentUser },
  { method: "GET", pattern: "/wiki/rest/api/user", scopes: user, handle: getUser },
  { method: "GET", pattern: "/wiki/rest/api/user/bulk", scopes: user, handle: getUsers },
  { method: "GET", pattern: "/wiki/rest/api/settings/systemInfo", scopes: settings, handle: getSystemInfo },
  {
    method: "POST",
    pattern: "/wiki/api/v2/users-bulk",
    scopes: { current: ["read:user:confluence"] },
    handle: postUsersBulk,
  },
  {
    method: "POST",
    pattern: "/wiki/api/v2/content/convert-ids-to-types",
    scopes: SCOPES.metadata,
    handle: convertIds,
  },
];

function getCurrentUser(x: Exchange): Answer {
  if (x.account === null) {
    return json({
      type: "anonymous",
      displayName: "Anonymous",
      profilePicture: { path: "/wiki/aa-avatar/anonymous", width: 48, height: 48, isDefault: true },
      operations: null,
      isExternalCollaborator: false,
      _expandable: {},
      _links: { self: `${x.base}/rest/api/user/anonymous`, base: x.base, context: "/wiki" },
    });
  }
  const { accountId } = x.account;
  return json(v1User(x, x.state.users.get(accountId)!));
}

function getUser(x: Exchange): Answer {
  const accountId = x.query.get("accountId") ?? "";
  const found = x.state.users.get(accountId);
  if (found === undefined) halt(v1NotFound(accountId));
  return json(v1User(x, found));
}

function getUsers(x: Exchange): Answer {
  const ids = x.query.getAll("accountId").flatMap((value) => value.split(",")).slice(0, 100);
  const results = known(x, ids).map((one) => v1User(x, one));
  return json({
    results,
    start: 0,
    limit: 100,
    size: results.length,
    _links: { base: x.base, context: "/wiki" },
  });
}

function getSystemInfo(x: Exchange): Answer {
  return json({
    cloudId: x.site.cloudId,
    commitHash: "0000000000000000000000000000000000000000",
    baseUrl: x.base,
    fallbackBaseUrl: x.base,
    edition: "standard",
    siteTitle: x.site.name,
    defaultLocale: "en_GB",
    defaultTimeZone: x.site.settings.timeZone,
    microsPerimeter: "commercial",
  });
}

async function postUsersBulk(x: Exchange): Promise<Answer> {
  const ids = await listIn(x, "accountIds", 250);
  return json({ results: known(x, ids).map(userRow) });
}

async function convertIds(x: Exchange): Promise<Answer> {
  const ids = await listIn(x, "contentIds", 100);
  return json({ results: Object.fromEntries(ids.map((id) => [id, typeOf(x, id)])) });
}

function typeOf(x: Exchange, id: string): string | null {
  const content = x.state.contents.get(id);
  if (content !== undefined) return seesContent(x.state, content, x.viewer) ? content.kind : null;
  const comment = x.state.commentsById.get(id);
  return comment !== undefined && seesComment(x.state, comment, x.viewer) ? `${comment.kind}-comment` : null;
}

function known(x: Exchange, ids: readonly string[]): UserRecord[] {
  return ids.map((id) => x.state.users.get(id)).filter((one) => one !== undefined);
}

async function listIn(x: Exchange, name: string, max: number): Promise<string[]> {
  const body = await x.request.json().catch(() => null) as Record<string, unknown> | null;
  const list = body?.[name];
  if (!Array.isArray(list) || list.length === 0 || list.length > max) {
    halt(v2Error(400, "INVALID_REQUEST_PARAMETER", `'${name}' must hold between 1 and ${max} ids`));
  }
  return list.map(String);
}
