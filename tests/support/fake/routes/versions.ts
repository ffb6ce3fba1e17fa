/** Version history of pages and blog posts. */
import type { Route } from "../http/router.ts";
import { type Answer, json } from "../http/answer.ts";
import { answerList, limitOf } from "../http/paginate.ts";
import { choiceOf, pathId } from "../http/query.ts";
import { halt, v2BadParameter, v2NotFound } from "../http/problems.ts";
import type { Exchange } from "../http/exchange.ts";
import { Ordered } from "../state/ordered.ts";
import type { ContentRecord, VersionRecord } from "../state/records.ts";
import { bodyOf, BULK_FORMATS, versionRow } from "../wire/v2.ts";
import { iso } from "../wire/time.ts";
import { needSeen, SCOPES } from "./common.ts";

const scopes = SCOPES.page;

/** With bodies the list is cut to this many rows, whatever `limit` says. */
const MOST_WITH_BODIES = 50;

export const VERSION_ROUTES: readonly Route[] = (["page", "blogpost"] as const).flatMap((kind): Route[] => [
  {
    method: "GET",
    pattern: `/wiki/api/v2/${kind}s/{id}/versions`,
    scopes,
    handle: (x) => listVersions(x, needSeen(x, pathId(x), kind)),
  },
  {
    method: "GET",
    pattern: `/wiki/api/v2/${kind}s/{id}/versions/{number}`,
    scopes,
    handle: (x) => getVersion(x, needSeen(x, pathId(x), kind)),
  },
]);

function listVersions(x: Exchange, content: ContentRecord): Answer {
  const format = choiceOf(x, "body-format", BULK_FORMATS);
  const rows = new Ordered<{ id: string; version: VersionRecord }>({
    "modified-date": ({ version }) => version.createdAt,
  });
  for (const version of content.versions) rows.add({ id: String(version.number), version });
  if (format !== null && limitOf(x, 25) > MOST_WITH_BODIES) {
    x.cutAt = Math.min(x.cutAt ?? Infinity, MOST_WITH_BODIES);
  }
  return answerList(x, {
    rows,
    orders: ["modified-date"],
    order: "-modified-date",
    show: ({ version }) => ({
      ...versionRow(version),
      [content.kind]: {
        id: content.id,
        title: version.title,
        ...(format === null ? {} : { body: bodyOf(x, content.id, version, format) }),
      },
    }),
  });
}

function getVersion(x: Exchange, content: ContentRecord): Answer {
  const text = x.param("number");
  if (!/^\d{1,9}$/.test(text)) halt(v2BadParameter("version-number", text, "int"));
  const number = Number(text);
  const index = content.versions.findIndex((version) => version.number === number);
  const version = content.versions[index];
  if (version === undefined) {
    halt(v2NotFound(`Cannot find a version [${number}] of content with id [${content.id}]`));
  }
  return json({
    number,
    authorId: version.authorId,
    message: version.message,
    createdAt: iso(version.createdAt),
    minorEdit: version.minorEdit,
    contentTypeModified: false,
    collaborators: [version.authorId],
    prevVersion: content.versions[index - 1]?.number ?? 0,
    nextVersion: content.versions[index + 1]?.number ?? 0,
  });
}
