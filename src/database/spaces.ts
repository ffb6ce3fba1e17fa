/** Saving and reading spaces. @module */
import { sql } from "drizzle-orm";
import type { Space, Subject } from "../model/mod.ts";
import type { Database, Statement } from "./database.ts";
import { TABLES } from "./pages.ts";
import type { Readable } from "./readable.ts";
import { spaces } from "./schema.ts";

/** A space of the index, as far as selecting it needs. */
export interface KnownSpace {
  readonly id: string;
  readonly key: string;
  readonly name: string;
}

/** Every space ever ingested, by key. */
export function knownSpaces(database: Readable): Promise<KnownSpace[]> {
  return database.all<KnownSpace>("SELECT id, key, name FROM spaces ORDER BY key, id");
}

/** Upserts one space; its pages follow a key that differs from `knownKey`, and count as written by this run: their addresses are others. */
export function saveSpace(
  database: Database,
  space: Space,
  { runId, fetchedAt }: { readonly runId: string; readonly fetchedAt: string },
  knownKey?: string,
): Statement[] {
  const { sql: text, params } = database.orm.insert(spaces).values({ ...space, fetchedAt })
    .onConflictDoUpdate({
      target: spaces.id,
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
  const statements: Statement[] = [{ sql: text, args: params as string[] }];
  if (knownKey !== undefined && knownKey !== space.key) {
    statements.push({
      sql: `UPDATE pages SET space_key = ?1, url = ${URL}, run_id = iif(is_current = 1 AND deleted_at IS NULL, ?4, run_id)
        WHERE space_id = ?2`,
      args: [space.key, space.id, knownKey, runId],
    }, {
      sql: `UPDATE blog_posts SET space_key = ?1, url = ${URL} WHERE space_id = ?2`,
      args: [space.key, space.id, knownKey],
    }, {
      sql: "UPDATE links SET to_space_key = ? WHERE to_space_key = ?",
      args: [space.key, knownKey],
    });
  }
  return statements;
}

const URL = "replace(url, '/spaces/' || ?3 || '/', '/spaces/' || ?1 || '/')";

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
