/** One page of search results: cut, filtered and, where the site is set so, disturbed. */
import type { Exchange } from "../http/exchange.ts";
import { fromBase64, toBase64 } from "../http/paginate.ts";
import { halt, v1Error, v1NotFound } from "../http/problems.ts";
import { firstAfter, type SortValue } from "../state/ordered.ts";
import { AttachmentRecord, CommentRecord, ContentRecord } from "../state/records.ts";
import { seesAttachment, seesComment, seesContent, seesSpace } from "../state/visibility.ts";
import type { CqlResult } from "./cql_query.ts";
import type { IndexDocument } from "./documents.ts";

/** What one search answer holds. */
export interface SearchPage {
  readonly rows: readonly IndexDocument[];
  /** The limit that was really used. */
  readonly limit: number;
  /** Offset behind the last row. */
  readonly end: number;
  /** An estimate, as on a real site. */
  readonly totalSize: number;
  /** Null on the last page. */
  readonly cursor: string | null;
}

/** Finds the page that the request's cursor asks for. @throws {CqlError} */
export function searchPage(
  x: Exchange,
  expand: ReadonlySet<string>,
  keep: (document: IndexDocument) => boolean,
): SearchPage {
  const { settings, clock, index } = x.site;
  const { search } = settings;
  index.catchUp(clock.now(), search.lagMs);
  const context = {
    state: x.state,
    now: clock.now(),
    zone: settings.timeZone,
    accountId: x.viewer.accountId,
  };
  const result = x.fake.cql.run(index, context, x.query.get("cql")!);
  const all = arrange(x, result);
  const limit = Math.min(Number(x.query.get("limit") ?? 25), capOf(x, expand));
  const start = startOf(x, result, all);
  const room = cutOf(x, limit);
  const archived = x.query.get("includeArchivedSpaces") === "true";
  const served = all.slice(start, start + room);
  const end = start + served.length;
  const seen = served.filter((row) => keep(row) && isShown(x, row, archived));
  if (search.failOnLingering && expand.size > 0) refuseLingering(x, seen);
  const drift = search.driftTotalSize ? Math.floor(start / 100) : 0;
  return {
    rows: disturb(x, result, seen),
    limit,
    end,
    totalSize: Math.max(0, all.length - drift),
    cursor: end < all.length && limit > 0 ? writeCursor(x, result, served.at(-1) ?? null, end) : null,
  };
}

function capOf(x: Exchange, expand: ReadonlySet<string>): number {
  const { capExportView, capBody, capExpanded, capPlain } = x.site.settings.search;
  if (expand.has("body.export_view") || expand.has("body.styled_view")) return capExportView;
  if ([...expand].some((name) => name.startsWith("body."))) return capBody;
  return expand.size > 0 ? capExpanded : capPlain;
}

function cutOf(x: Exchange, limit: number): number {
  if (x.cutAt !== null) return Math.min(limit, x.cutAt);
  const { shortPages } = x.site.settings.search;
  if (shortPages > 0 && x.fake.requestRandom() < shortPages) {
    return Math.max(1, Math.floor(limit * (0.5 + x.fake.requestRandom() / 2)));
  }
  return limit;
}

/** Without `order by` neighbours of equal score may swap from one request to the next. */
function arrange(x: Exchange, result: CqlResult): readonly IndexDocument[] {
  if (result.ordered || !x.site.settings.search.swapNeighbours) return result.documents;
  const rows = [...result.documents];
  for (let at = 0; at + 1 < rows.length; at++) {
    if (x.fake.requestRandom() < 0.5) [rows[at], rows[at + 1]] = [rows[at + 1]!, rows[at]!];
  }
  return rows;
}

/** Repeats a row, or adds one that does not fit, with the probabilities of the settings. */
function disturb(x: Exchange, result: CqlResult, rows: readonly IndexDocument[]): readonly IndexDocument[] {
  const { duplicateRows, strayRows } = x.site.settings.search;
  const random = x.fake.requestRandom;
  const disturbed = [...rows];
  if (duplicateRows > 0 && rows.length > 0 && random() < duplicateRows) {
    disturbed.push(rows[Math.floor(random() * rows.length)]!);
  }
  if (strayRows > 0 && random() < strayRows) {
    const fitting = new Set(result.documents);
    const strays = [...x.site.index.documents()]
      .filter((one) => !fitting.has(one) && one.type !== "space" && isShown(x, one, false));
    if (strays.length > 0) disturbed.push(strays[Math.floor(random() * strays.length)]!);
  }
  return disturbed;
}

function startOf(x: Exchange, result: CqlResult, all: readonly IndexDocument[]): number {
  const text = x.query.get("cursor");
  if (text === null) return 0;
  const cursor = readCursor(text);
  if (cursor === null) halt(badCursor());
  // Equal scores have no place to search after: only the offset is left.
  if (!result.ordered && x.site.settings.search.swapNeighbours) return cursor.offset;
  if (cursor.id === null) return cursor.offset;
  const { values, id } = cursor;
  return firstAfter(all, (row) => result.compare(row, values, id));
}

function writeCursor(x: Exchange, result: CqlResult, last: IndexDocument | null, end: number): string {
  const values = last === null ? [x.fake.nextNonce()] : [...result.sortValues(last), `\t${last.key}`];
  return `_f_${toBase64(String(end))}_sa_${toBase64(JSON.stringify(values))}`;
}

function readCursor(text: string): { offset: number; values: SortValue[]; id: string | null } | null {
  const match = /^_f_([A-Za-z0-9+/=]+)_sa_([A-Za-z0-9+/=]+)$/.exec(text);
  if (match === null) return null;
  try {
    const offset = Number(fromBase64(match[1]!));
    const values = JSON.parse(fromBase64(match[2]!)) as SortValue[];
    const last = values.pop();
    if (!Number.isInteger(offset)) return null;
    return { offset, values, id: typeof last === "string" ? last.slice(1) : null };
  } catch {
    return null;
  }
}

function badCursor() {
  return v1Error(
    400,
    "scale.SSStatusCodeException",
    "CQL was parsed but the search manager was unable to execute the search. Error message: " +
      "com.atlassian.confluence.api.service.exceptions.scale.SSStatusCodeException: There was an illegal request " +
      "passed to XP-Search Aggregator API : HTTP/1.1 400 Bad Request",
  );
}

/** Rights are checked now, not when the row was indexed. What is gone shows as long as its space does. */
function isShown(x: Exchange, { record, spaceId }: IndexDocument, archivedSpaces: boolean): boolean {
  const { state, viewer } = x;
  const space = state.spacesById.get(spaceId);
  if (space === undefined || !seesSpace(space, viewer)) return false;
  if (space.status === "archived" && !archivedSpaces) return false;
  if (record instanceof ContentRecord) {
    return !state.contents.has(record.id) || seesContent(state, record, viewer);
  }
  if (record instanceof AttachmentRecord) {
    return !state.contents.has(record.containerId) || seesAttachment(state, record, viewer);
  }
  if (record instanceof CommentRecord) {
    return !state.contents.has(record.containerId) || seesComment(state, record, viewer);
  }
  return true;
}

function refuseLingering(x: Exchange, rows: readonly IndexDocument[]): void {
  for (const { record, id } of rows) {
    const gone = record instanceof ContentRecord
      ? x.state.contents.get(id)?.status !== "current"
      : record instanceof AttachmentRecord && x.state.attachmentsById.get(id)?.status !== "current";
    if (gone) halt(v1NotFound(id));
  }
}
