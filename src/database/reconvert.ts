/** Reading stored bodies to convert them again, and saving what was made of them. @module */
import type { Database, Statement } from "./database.ts";
import type { Subject } from "../model/mod.ts";
import { type PageText, TABLES } from "./pages.ts";
import type { Readable } from "./readable.ts";

/** A body that another converter read. */
export interface StoredBody {
  readonly pageId: string;
  readonly version: number;
  readonly spaceKey: string;
  readonly title: string;
  readonly format: "storage" | "atlas_doc_format";
  readonly value: string;
}

const OUTDATED = "body IS NOT NULL AND converter_version IS NOT ?1";

/** How many bodies the converter of that version has not read. */
export async function countOutdated(index: Readable, converterVersion: number): Promise<number> {
  const count = (subject: Subject) => `(SELECT count(*) FROM ${TABLES[subject]} WHERE ${OUTDATED})`;
  const row = await index.first<{ n: number }>(`SELECT ${count("page")} + ${count("blogpost")} AS n`, [
    converterVersion,
  ]);
  return row?.n ?? 0;
}

/**
 * The next bodies that the converter has not read, by id and version.
 *
 * @param after The last page version that was looked at.
 * @param characters The batch ends with the body that reaches so many.
 */
export async function outdatedBodies(
  database: Database,
  converterVersion: number,
  after: { readonly pageId: string; readonly version: number },
  characters: number,
  subject: Subject,
): Promise<StoredBody[]> {
  return await database.all<StoredBody>(
    `SELECT id AS pageId, version, space_key AS spaceKey, title, body_format AS format, body AS value FROM (
       SELECT *, sum(length(body)) OVER (ORDER BY id, version ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING) AS before FROM (
         SELECT id, version, space_key, title, body_format, body FROM ${TABLES[subject]}
         WHERE ${OUTDATED} AND (id, version) > (?2, ?3) ORDER BY id, version LIMIT 100))
     WHERE before IS NULL OR before < ?4 ORDER BY id, version`,
    [converterVersion, after.pageId, after.version, characters],
  );
}

/** Saves new texts of page versions, where the body is still the one that was read. */
export function saveTexts(
  rows: readonly {
    readonly body: StoredBody;
    readonly searchTitle: string | null;
    readonly text: PageText;
  }[],
  subject: Subject,
): Statement[] {
  return rows.map(({ body, searchTitle, text }) => ({
    sql: `UPDATE ${
      TABLES[subject]
    } SET body_text = ?, search_text = ?, converter_version = ?, search_title = ?
      WHERE id = ? AND version = ?`,
    args: [text.bodyText, text.searchText, text.converterVersion, searchTitle, body.pageId, body.version],
  }));
}
