/**
 * The artifacts: files made from the tables alone. Same table, same bytes.
 *
 * @module
 */
import { join } from "@std/path";
import { ConfluenceIndexError } from "../errors.ts";
import {
  findRun,
  latestRuns,
  type Readable,
  type ReadOnlyIndex,
  type Run,
  SCHEMA_VERSION,
} from "../database/reader.ts";
import {
  explainFileError,
  makeFolder,
  removeUnfinished,
  StagedFiles,
  writeLines,
  type WrittenFile,
} from "./atomic_file.ts";
import { csvLines } from "./csv_lines.ts";
import { chunkLines, type MadeField, richPageLines } from "./made_lines.ts";
import { pageLines, tombstoneLines } from "./lines.ts";

/** What a state export may hold beyond its usual files. */
export interface StateOptions {
  /** Fields made from the body, added to each line of `confluence.ndjson`. */
  readonly with?: readonly MadeField[];
  /** Also writes `chunks.ndjson`, with at most so many characters of text in a chunk. */
  readonly chunks?: number | undefined;
  /** Stops it between pages; no file is left half-written. */
  readonly signal?: AbortSignal | undefined;
}

/** Options of {@linkcode writeRunArtifacts}. */
export interface RunOptions {
  /** Whether nobody else writes these artifacts just now, so that what a killed program left there goes. @default {false} */
  readonly alone?: boolean;
}

/** Where artifacts went, and what they are. */
export interface Artifacts {
  readonly folder: string;
  readonly files: readonly WrittenFile[];
}

/**
 * Writes the artifacts of one run to `<out>/runs/<run id>/ingest/`: the pages it added or changed, the tombstones it set, its metrics,
 * and a manifest with the hash of each.
 *
 * @param database The index.
 * @param runId A run that has ended, however: of one that was cut short, the metrics are just how.
 * @param out The output folder.
 * @param options Whether nobody else writes there.
 * @throws {ConfluenceIndexError} `usage` for an unknown or unfinished run, `files` when a file cannot be written.
 */
export async function writeRunArtifacts(
  database: Readable,
  runId: string,
  out: string,
  options: RunOptions = {},
): Promise<Artifacts> {
  const run = await findRun(database, runId);
  if (run === undefined) throw await unknownRun(database, runId);
  if (run.status === "running") {
    throw new ConfluenceIndexError("usage", `Cannot export run ${runId}: it has not ended (${run.status})`, {
      hint: "Without --run the whole current state is exported.",
    });
  }
  const folder = await makeFolder(out, "runs", run.id, "ingest");
  await removeUnfinished(folder, options.alone ?? false);
  const files = [
    await writeLines(folder, "confluence.ndjson", pageLines(database, run.id)),
    await writeLines(folder, "deleted.ndjson", tombstoneLines(database, run.id)),
    await writeLines(folder, "metrics.json", prettyLines(metricsOf(run))),
  ];
  // Last, so that a manifest never speaks of files that are not there.
  await writeLines(folder, "manifest.json", manifest(run, "ingest", files));
  return { folder, files };
}

/**
 * Writes the whole current state to `<out>/export/`, whichever runs it came from. A `chunks.ndjson` of an earlier export that this
 * one does not write is removed.
 *
 * @param database The index.
 * @param out The output folder.
 * @param options More fields, chunks.
 * @throws {ConfluenceIndexError} `usage` for an index without any run, `files` when a file cannot be written.
 */
export async function writeStateArtifacts(
  database: Readable,
  out: string,
  options: StateOptions = {},
): Promise<Artifacts> {
  const { with: fields = [], chunks, signal } = options;
  if ((await latestRuns(database, 1)).length === 0) {
    throw new ConfluenceIndexError("usage", "Cannot export: the index is empty", {
      hint: "Run `ingest` first.",
    });
  }
  const folder = await makeFolder(out, "export");
  await removeUnfinished(folder, false);
  await using staged = new StagedFiles(folder);
  const files = await atOneMoment(database, async () => {
    await staged.discard();
    const [run] = await latestRuns(database, 1);
    const written = [
      await staged.add(
        "confluence.ndjson",
        fields.length === 0 ? pageLines(database, null) : richPageLines(database, fields, signal),
      ),
      await staged.add("deleted.ndjson", tombstoneLines(database, null)),
    ];
    if (chunks !== undefined) {
      written.push(await staged.add("chunks.ndjson", chunkLines(database, chunks, signal)));
    }
    await staged.add("manifest.json", manifest(run!, "export", written));
    return written;
  });
  await staged.commit();
  // After the manifest that no longer names it: it is of an earlier state.
  if (chunks === undefined) await removePlainFile(join(folder, "chunks.ndjson"));
  return { folder, files };
}

/** The state of one moment, where the index can give it; who writes it, and nobody else, reads what stands still anyway. */
function atOneMoment<T>(database: Readable | ReadOnlyIndex, read: () => Promise<T>): Promise<T> {
  return "atOneMoment" in database ? database.atOneMoment(read) : read();
}

/**
 * Writes the metadata of all current pages to `<out>/export/pages.csv`, in a form that spreadsheets take without running any of it.
 *
 * @param database The index.
 * @param out The output folder.
 * @param signal Stops it between pages; no file is left half-written.
 * @throws {ConfluenceIndexError} `files` when the file cannot be written.
 */
export async function writeCsv(database: Readable, out: string, signal?: AbortSignal): Promise<Artifacts> {
  const folder = await makeFolder(out, "export");
  await removeUnfinished(folder, false);
  await using staged = new StagedFiles(folder);
  const file = await atOneMoment(database, async () => {
    await staged.discard();
    return await staged.add("pages.csv", csvLines(database, signal));
  });
  await staged.commit();
  return { folder, files: [file] };
}

async function removePlainFile(path: string): Promise<void> {
  try {
    if ((await Deno.lstat(path)).isFile) await Deno.remove(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw explainFileError(error, path);
  }
}

function metricsOf({ id, status, startedAt, metrics }: Run): unknown {
  return metrics === null
    ? { run_id: id, status, complete: false, started_at: startedAt }
    : JSON.parse(metrics);
}

function manifest(run: Run, phase: string, artifacts: readonly WrittenFile[]): string[] {
  return prettyLines({
    run_id: run.id,
    phase,
    status: run.status,
    started_at: run.startedAt,
    completed_at: run.completedAt,
    tool_version: run.toolVersion,
    schema_version: SCHEMA_VERSION,
    artifacts,
  });
}

function prettyLines(value: unknown): string[] {
  return JSON.stringify(value, null, 2).split("\n");
}

async function unknownRun(database: Readable, runId: string): Promise<ConfluenceIndexError> {
  const runs = await latestRuns(database, 3);
  return new ConfluenceIndexError(
    "usage",
    `Cannot export run ${JSON.stringify(runId)}: the index knows no such run`,
    {
      hint: runs.length === 0
        ? "The index holds no run yet: run `ingest` first."
        : `The latest are ${runs.map((run) => run.id).join(", ")}.`,
    },
  );
}
