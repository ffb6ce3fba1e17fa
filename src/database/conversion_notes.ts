/** What did not come through when bodies became text. @module */
import type { Statement } from "./database.ts";
import { inParts } from "./in_parts.ts";

/** One note on a page's version. */
export interface NoteToSave {
  /** `approximated`, `no_stored_content`, `fallback` or `dropped`. */
  readonly kind: string;
  /** Name of the macro, element, node or mark. */
  readonly name: string;
  /** How often it happened in this body. */
  readonly count: number;
  readonly detail?: string | undefined;
}

/** Puts the notes of some page versions in place of those they had. */
export function saveConversionNotes(
  rows: readonly {
    readonly pageId: string;
    readonly version: number;
    readonly notes: readonly NoteToSave[];
  }[],
): Statement[] {
  if (rows.length === 0) return [];
  const notes = rows.flatMap(({ pageId, version, notes }) =>
    notes.map(({ kind, name, count, detail }) => [pageId, version, kind, name, count, detail ?? null])
  );
  return [
    {
      sql: `DELETE FROM conversion_notes
        WHERE (page_id, version) IN (SELECT value ->> 0, value ->> 1 FROM json_each(?))`,
      args: [JSON.stringify(rows.map(({ pageId, version }) => [pageId, version]))],
    },
    ...inParts(notes, (json) => ({
      // Two names may be the same once they are cleaned.
      sql: `INSERT INTO conversion_notes (page_id, version, kind, name, count, detail)
        SELECT value ->> 0, value ->> 1, value ->> 2, value ->> 3, value ->> 4, value ->> 5 FROM json_each(?) WHERE true
        ON CONFLICT (page_id, version, kind, name) DO UPDATE SET count = count + excluded.count`,
      args: [json],
    })),
  ];
}
