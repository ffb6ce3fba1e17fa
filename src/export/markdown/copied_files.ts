import { filePlaces, type Readable } from "../../database/reader.ts";
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

/** What of the kept files there is to copy. */
export interface CopiedFiles {
  /** By attachment id. Each has a folder of its own, so that no name is taken twice. */
  readonly files: ReadonlyMap<string, CopiedFile>;
  /** How many the index calls kept that are not in this store. */
  readonly missing: number;
}

const ROWS = 1_000;

/** The files of current attachments that the index keeps. */
export async function copiedFiles(index: Readable, store: AttachmentStore): Promise<CopiedFiles> {
  const files = new Map<string, CopiedFile>();
  let missing = 0;
  let after = "";
  while (true) {
    const rows = await filePlaces(index, after, ROWS);
    if (rows.length === 0) return { files, missing };
    after = rows.at(-1)!.id;
    for (const row of rows) {
      // One that is not there is linked to where it came from.
      if (!await store.has(row)) {
        missing++;
        continue;
      }
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
