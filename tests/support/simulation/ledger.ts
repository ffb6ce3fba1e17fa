/** What must hold of the tables from one moment to the next, whatever happens in between. */
import type { Database } from "../../../src/database/mod.ts";

/** One row of `pages` or `attachments`. */
export interface Row {
  readonly id: string;
  readonly version: number;
  readonly is_current: number;
  readonly deleted_at: string | null;
  readonly deletion_reason: string | null;
  readonly space_id: string;
  readonly [column: string]: unknown;
}

/** The versioned tables at one moment. */
export interface Ledger {
  readonly pages: readonly Row[];
  readonly attachments: readonly Row[];
  readonly posts: readonly Row[];
  readonly comments: readonly Row[];
}

/** Reads the tables whole. */
export async function readLedger(database: Database): Promise<Ledger> {
  return {
    pages: await database.all<Row>("SELECT * FROM pages ORDER BY id, version"),
    attachments: await database.all<Row>("SELECT * FROM attachments ORDER BY id, version"),
    posts: await database.all<Row>("SELECT * FROM blog_posts ORDER BY id, version"),
    comments: await database.all<Row>("SELECT * FROM comments ORDER BY id, version"),
  };
}

/** The rows of one table that say how things are now. */
export function currentRows(rows: readonly Row[]): Map<string, Row> {
  return new Map(rows.filter((row) => row.is_current === 1).map((row) => [row.id, row]));
}

/** Rows that became tombstones between two moments. */
export function newlyBuried(before: readonly Row[], after: readonly Row[]): Row[] {
  const was = currentRows(before);
  return [...currentRows(after).values()].filter((row) =>
    row.deleted_at !== null && (was.get(row.id)?.deleted_at ?? null) === null
  );
}

/** What is wrong with the way from one moment to another: lost history, two current rows, a version that fell. */
export function brokenPromises(
  before: Ledger,
  after: Ledger,
  rewritten: ReadonlySet<string> = new Set(),
): string[] {
  const usual = (rows: readonly Row[]) => rows.filter(({ id }) => !rewritten.has(id));
  return [
    ...brokenIn("pages", usual(before.pages), usual(after.pages)),
    ...brokenIn("attachments", before.attachments, after.attachments),
    ...brokenIn("blog_posts", usual(before.posts), usual(after.posts)),
    ...brokenIn("comments", before.comments, after.comments),
  ];
}

function brokenIn(table: string, before: readonly Row[], after: readonly Row[]): string[] {
  const found: string[] = [];
  const keyed = new Map(after.map((row) => [`${row.id} version ${row.version}`, row]));
  const current = currentRows(after);
  const counts = Map.groupBy(after.filter((row) => row.is_current === 1), (row) => row.id);
  for (const [id, rows] of counts) if (rows.length > 1) found.push(`${table}: ${id} has two current rows`);
  for (const { id, version } of after) {
    const newest = current.get(id);
    if (newest === undefined) found.push(`${table}: ${id} has no current row`);
    else if (newest.version < version) {
      found.push(`${table}: ${id} is at ${newest.version}, yet has ${version}`);
    }
  }
  for (const row of before) {
    const key = `${row.id} version ${row.version}`;
    const now = keyed.get(key);
    if (now === undefined) found.push(`${table}: ${key} vanished`);
    else if (row.is_current === 0 && !sameHistory(row, now)) found.push(`${table}: ${key} was rewritten`);
  }
  return found;
}

/** A row of the past stays as it is; its space may be renamed or its page moved. */
function sameHistory(before: Row, after: Row): boolean {
  return Object.keys(before).every((column) =>
    ["space_key", "url"].includes(column) || before[column] === after[column]
  );
}
