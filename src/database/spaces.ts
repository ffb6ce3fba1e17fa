/** Saving and reading spaces. @module */
import { sql } from "drizzle-orm";
import type { Space, Subject } from "../model/mod.ts";
import type { Database, Statement } from "./database.ts";
import { inParts, readAmong } from "./in_parts.ts";
import { TABLES } from "./pages.ts";
import type { Readable } from "./readable.ts";
import { spaces as table } from "./schema.ts";

/** A space as the index knows it. */
export interface KnownSpace {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly status: string;
}

/** Every space ever ingested, by key. */
export function knownSpaces(database: Readable): Promise<KnownSpace[]> {
  return database.all<KnownSpace>("SELECT id, key, name, status FROM spaces ORDER BY key, id");
}

/** Those of `ids` that were ever ingested. */
export function spacesAmong(database: Readable, ids: readonly string[]): Promise<KnownSpace[]> {
  return readAmong(ids, (json) =>
    database.all<KnownSpace>(
      "SELECT id, key, name, status FROM spaces WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id",
      [json],
    ));
}

/**
 * Upserts spaces. Where a key differs from the known one, links to it follow, and pages, which count as written by this run: their addresses
 * are others.
 *
 * @param known The spaces as the index knows them, by id.
 */
export function saveSpaces(
  database: Database,
  spaces: readonly Space[],
  stamp: { readonly runId: string; readonly fetchedAt: string },
  known: ReadonlyMap<string, Pick<Space, "key">> = new Map(),
): Statement[] {
  const renamed = spaces.flatMap(({ id, key }) => {
    const before = known.get(id)?.key;
    return before === undefined || before === key ? [] : [{ id, key, before }];
  });
  return [
    ...spaces.flatMap((space) => upsert(database, space, stamp.fetchedAt)),
    ...renamed.flatMap(({ id, key }) =>
      Object.values(TABLES).map((name) => ({
        sql: `UPDATE ${name} SET ${FOLLOW} WHERE space_id = ?3`,
        args: [key, stamp.runId, id],
      }))
    ),
    // All at once: one space may have the key now that was another's.
    ...(renamed.length === 0 ? [] : [{
      sql:
        `UPDATE links SET to_space_key = r.value ->> 1 FROM json_each(?) r WHERE to_space_key = r.value ->> 0`,
      args: [JSON.stringify(renamed.map(({ key, before }) => [before, key]))],
    }]),
  ];
}

function upsert(database: Database, space: Space, fetchedAt: string): Statement[] {
  const { sql: text, params } = database.orm.insert(table).values({ ...space, fetchedAt })
    .onConflictDoUpdate({
      target: table.id,
      set: {
        key: sql`excluded.key`,
        name: sql`excluded.name`,
        type: sql`excluded.type`,
        status: sql`excluded.status`,
        homepageId: sql`excluded.homepage_id`,
        createdAt: sql`excluded.created_at`,
        url: sql`excluded.url`,
        fetchedAt: sql`excluded.fetched_at`,
      },
    }).toSQL();
  return [{ sql: text, args: params as string[] }];
}

const FOLLOW = `space_key = ?1, url = replace(url, '/spaces/' || space_key || '/', '/spaces/' || ?1 || '/'),
  run_id = iif(is_current = 1 AND deleted_at IS NULL, ?2, run_id)`;

/** Gives pages of a space its key, which others have brought in under an earlier one. */
export function followKey(
  table: (typeof TABLES)[Subject],
  ids: readonly string[],
  key: string,
  runId: string,
): Statement[] {
  return inParts(ids, (json) => ({
    sql: `UPDATE ${table} SET ${FOLLOW} WHERE id IN (SELECT value FROM json_each(?3))`,
    args: [key, runId, json],
  }));
}

/** Whether the index holds any page, in any version, deleted or not. */
export async function holdsPages(database: Readable): Promise<boolean> {
  return await database.first("SELECT 1 FROM pages LIMIT 1") !== undefined;
}

/** How many pages (or blog posts) of each space are current and not deleted. */
export async function pageCounts(
  database: Readable,
  subject: Subject = "page",
): Promise<Map<string, number>> {
  const rows = await database.all<{ space_id: string; n: number }>(
    `SELECT space_id, count(*) AS n FROM ${
      TABLES[subject]
    } WHERE is_current = 1 AND deleted_at IS NULL GROUP BY space_id`,
  );
  return new Map(rows.map((row) => [row.space_id, row.n]));
}
