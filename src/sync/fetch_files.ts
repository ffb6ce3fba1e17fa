/**
 * The files of attachments: those that are not kept yet are downloaded, each recorded as soon as it is whole. One that fails waits in
 * quarantine, alone.
 *
 * @module
 */
import {
  ConfluenceAuthError,
  type ConfluenceClient,
  ConfluenceError,
  ConfluenceNetworkError,
  type DownloadSink,
} from "../confluence/mod.ts";
import {
  adoptFiles,
  clearFailures,
  type Database,
  filesToFetch,
  type FileToFetch,
  forgetFiles,
  keptFiles,
  saveFailures,
  saveFile,
} from "../database/mod.ts";
import { note, now, type SpaceContext } from "./context.ts";
import { inParallel } from "./in_parallel.ts";

/** A file that comes. */
export interface FileSink extends DownloadSink, AsyncDisposable {
  /** It is whole. */
  finish(): Promise<{ readonly sha256: string; readonly bytes: number }>;
  /** It will not come. */
  discard(): Promise<void>;
}

/** Where files are kept. */
export interface FileStore {
  /** Whether it is there, with this length. */
  has(file: { readonly sha256: string; readonly bytes: number }): Promise<boolean>;
  /** Opens a place for a file, with what is left of an earlier try. */
  receive(key: string): Promise<FileSink>;
}

/** Wishes about files. */
export interface FileWishes {
  readonly store: FileStore;
  /** Larger files are left out, in bytes. */
  readonly maxBytes: number;
}

/** What fetching needs of a run. */
export interface FileRun {
  readonly client: Pick<ConfluenceClient, "downloadAttachment">;
  readonly database: Database;
  readonly runId: string;
  readonly wishes: FileWishes;
}

/** Files on their way at once, in each space. */
const AT_ONCE = 4;
const ROWS = 100;
/** So many failures without one success are no bad files but a bad day. */
const HOPELESS = 20;

/**
 * Downloads what a space lacks.
 *
 * @throws {ConfluenceError} What is about the account or the whole site; `files`, `database`; the reason of the signal.
 */
export async function fetchFiles(space: SpaceContext, run: FileRun): Promise<void> {
  await run.database.commit(adoptFiles(space.space.id));
  // Files may have been lost, or an index restored without them; looking is cheap, but not free.
  if (space.mode !== "delta" && space.mode !== "since") await forgetLost(space, run);
  const counts = space.account.files;
  let after = "";
  let inARow = 0;
  while (true) {
    const rows = await filesToFetch(run.database, space.space.id, after, ROWS);
    if (rows.length === 0) break;
    after = rows.at(-1)!.id;
    await inParallel(AT_ONCE, rows, async (row) => {
      space.signal.throwIfAborted();
      if (inARow >= HOPELESS) counts.left++;
      else if (row.nextTryAt !== null && row.nextTryAt > now(space)) counts.failed++;
      else if ((row.fileSize ?? 0) > run.wishes.maxBytes) counts.tooLarge++;
      else inARow = await fetchOne(space, run, row) ? 0 : inARow + 1;
    });
  }
  if (counts.tooLarge > 0) {
    const what = counts.tooLarge === 1 ? "1 file is" : `${counts.tooLarge} files are`;
    note(space, `${what} larger than ${run.wishes.maxBytes} bytes, and left out`);
  }
  if (counts.left > 0) {
    note(space, `${HOPELESS} files in a row failed: ${counts.left} more are left for the next run`);
  }
}

async function forgetLost(space: SpaceContext, { database, wishes }: FileRun): Promise<void> {
  let after = "";
  while (true) {
    const rows = await keptFiles(database, space.space.id, after, ROWS);
    if (rows.length === 0) return;
    after = rows.at(-1)!.id;
    const lost = [];
    for (const row of rows) if (!await wishes.store.has(row)) lost.push(row);
    await database.commit(forgetFiles(lost));
  }
}

/** @returns Whether all went well, or the file is left out on purpose. */
async function fetchOne(space: SpaceContext, run: FileRun, row: FileToFetch): Promise<boolean> {
  const { database, wishes, runId } = run;
  const counts = space.account.files;
  await using sink = await wishes.store.receive(`${row.id}.${row.version}`);
  try {
    await run.client.downloadAttachment(
      {
        id: row.id,
        containerId: row.pageId,
        version: { number: row.version },
        mediaType: row.mediaType,
        fileSize: row.fileSize,
      },
      sink,
      { maxBytes: wishes.maxBytes, signal: space.signal },
    );
    const kept = await sink.finish();
    await database.commit([
      ...saveFile({ id: row.id, version: row.version, ...kept }, now(space)),
      ...clearFailures("file", [row.id]),
    ]);
    counts.stored++;
    counts.bytes += kept.bytes;
    space.emit({ type: "file", space: space.space, bytes: kept.bytes });
    return true;
  } catch (error) {
    if (!isOneFilesTrouble(error)) throw error;
    if (error instanceof ConfluenceNetworkError && error.kind === "too_large") {
      await sink.discard();
      counts.tooLarge++;
      return true;
    }
    const failure = {
      kind: "file" as const,
      id: row.id,
      spaceId: space.space.id,
      reason: error.code,
      message: error.message,
    };
    await database.commit(saveFailures([failure], runId, now(space)));
    counts.failed++;
    if (space.settings.failFast) throw error;
    return false;
  }
}

/** Whether an error says nothing about the account or the pace. A log-in page may stand before a single file. */
function isOneFilesTrouble(error: unknown): error is ConfluenceError {
  if (error instanceof ConfluenceAuthError) return error.reason === "forbidden" || error.reason === "login";
  return error instanceof ConfluenceError && error.code !== "rate_limit";
}
