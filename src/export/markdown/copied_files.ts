import { filePlaces, type Readable } from "../../database/mod.ts";
import type { AttachmentStore } from "../attachment_store.ts";
import { fileName } from "./file_name.ts";

/** A file of an attachment, and where its copy goes. */
export interface CopiedFile {
  /** Relative to the export: `_files/att123/plan.pdf`. No key of a space begins like that. */
  readonly path: string;
  /** Where it is kept. */
  readonly source: string;
  readonly sha256: string;
}

const ROWS = 1_000;

/** The files of current attachments that are kept, by attachment id. Each has a folder of its own, so that no name is taken twice. */
export async function copiedFiles(index: Readable, store: AttachmentStore): Promise<Map<string, CopiedFile>> {
  const files = new Map<string, CopiedFile>();
  let after = "";
  while (true) {
    const rows = await filePlaces(index, after, ROWS);
    if (rows.length === 0) return files;
    after = rows.at(-1)!.id;
    for (const row of rows) {
      // One that was lost is linked to where it came from.
      if (!await store.has(row)) continue;
      const path = `_files/${fileName(row.id)}/${withEnding(row.filename)}`;
      files.set(row.id, { path, source: store.pathOf(row.sha256), sha256: row.sha256 });
    }
  }
}

/** A name that every system takes, with the ending that programs go by, also where the name is cut. */
function withEnding(filename: string): string {
  const [, stem = filename, ending = ""] = /^(.+)(\.[A-Za-z0-9]{1,10})$/s.exec(filename) ?? [];
  return fileName(stem) + ending;
}
