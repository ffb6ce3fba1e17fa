import { format as formatBytes } from "@std/fmt/bytes";
import { ConfluenceIndexError } from "../../errors.ts";
import { type Artifacts, AttachmentStore, writeRunArtifacts } from "../../export/mod.ts";
import {
  claimArtifacts,
  type Database,
  runsOwingArtifacts,
  saveArtifactsWritten,
  saveRunFolder,
} from "../../database/mod.ts";
import { readStatus } from "../../query/mod.ts";
import { ingest, type IngestResult, outdated } from "../../sync/mod.ts";
import type { Action, Invocation } from "../command.ts";
import type { Config } from "../config.ts";
import { connectConfluence, connectDatabase } from "../connect.ts";
import { EXIT_CODES } from "../exit_code.ts";
import { VERSION } from "../version.ts";
import type { IngestOptions } from "./command.ts";
import { LiveProgress } from "./live_progress.ts";
import { openMetrics } from "./open_metrics.ts";
import { readingOptions } from "./reading.ts";
import { proveReplaceable, replaceFile } from "./replace_file.ts";
import { summarize, whyIncomplete } from "./summary.ts";

/** Reads spaces into the index, writes the run's artifacts, says how it went. */
export const action: Action = async (invocation) => {
  const options = invocation.options as unknown as IngestOptions;
  const reading = readingOptions(options, invocation.config);
  const depth = historyDepth(options);
  refuseUnwatched(options);
  if (options.dryRun) return dryRun(invocation, options);
  if (options.metricsFile !== undefined) await proveReplaceable(options.metricsFile);
  const { io, config, signal } = invocation;
  const live = new LiveProgress(io.progress, () => performance.now());
  const client = connectConfluence(invocation, (wait) => live.onWait(wait));
  await using database = await connectDatabase(config);
  const out = config.outDir!;
  let artifacts: Artifacts | undefined;
  let owed = { told: "", failed: "" };
  const result = await ingest({
    client,
    database,
    ...reading,
    failFast: options.failFast,
    historyDepth: depth,
    wait: options.wait,
    ...(options.attachments === "download"
      ? { files: { store: new AttachmentStore(config.outDir!), maxBytes: options.maxAttachmentSize } }
      : {}),
    args: { ...chosen(options), base_url: config.baseUrl },
    remember: (runId) => saveRunFolder(runId, config.outPath!),
    // Each space has answers in memory; more of them at once are not faster at the default rate.
    spacesAtOnce: 3,
    toolVersion: VERSION,
    signal,
    onEvent: (event) => live.onEvent(event),
    whileHeld: async ({ runId }) => {
      io.progress.update("writing artifacts");
      artifacts = await writeRunArtifacts(database, runId, out, { alone: true });
      await database.commit(saveArtifactsWritten(runId));
      owed = await writeOwed(database, runId, config);
    },
  });
  if (options.metricsFile !== undefined) {
    const now = Date.now();
    const status = await readStatus(database, { now, runs: 1000, failures: 0 });
    await replaceFile(options.metricsFile, openMetrics(status, result.metrics, now));
  }
  io.progress.end();
  if (!options.quiet) io.err(owed.told);
  if (owed.failed !== "") io.err(owed.failed);
  const code = owed.failed === "" ? exitCode(result) : Math.max(exitCode(result), EXIT_CODES.incomplete);
  if (!options.quiet) io.err(summarize(result, artifacts!) + await reconversionAdvice(database));
  // Who is to be quiet still says why it failed: that is what cron mails and the journal keeps.
  else if (code === EXIT_CODES.incomplete) io.err(whyIncomplete(result));
  io.out(options.json ? `${JSON.stringify(result.metrics)}\n` : `${result.runId}\n`);
  return code;
};

/** What earlier runs brought before they were killed is in no artifact yet, and in this run's neither. */
async function writeOwed(
  database: Database,
  runId: string,
  { outDir, outPath }: Config,
): Promise<{ readonly told: string; readonly failed: string }> {
  let [told, failed] = ["", ""];
  for (const id of await runsOwingArtifacts(database, runId, outPath!, Date.now())) {
    // Another run may be at it.
    const [claimed] = await database.commit(claimArtifacts(id, runId));
    if (claimed === 0) continue;
    try {
      const { folder } = await writeRunArtifacts(database, id, outDir!, { alone: true });
      await database.commit(saveArtifactsWritten(id));
      told += `artifacts of run ${id}, which was cut short: ${folder}\n`;
    } catch (error) {
      // This run's own are written, and those go on being owed.
      if (!(error instanceof ConfluenceIndexError) || error.code !== "files") throw error;
      failed += `artifacts of run ${id} are still owed: ${error.message}\n`;
    }
  }
  return { told, failed };
}

/** How many earlier versions are wanted where no number is given. */
const DEPTH = 100;

function historyDepth({ history, historyDepth: depth }: IngestOptions): number | null {
  if (history) return depth ?? DEPTH;
  if (depth === undefined) return null;
  throw new ConfluenceIndexError("usage", "Cannot ingest: --history-depth was given without --history", {
    hint: "Add --history to read earlier versions.",
  });
}

/** The brake is let go by somebody who looked; nobody looks again and again. */
function refuseUnwatched(options: IngestOptions): void {
  if (options.every === undefined || !options.allowMassDeletion) return;
  throw new ConfluenceIndexError(
    "usage",
    "Cannot ingest: --allow-mass-deletion with --every would let all mass deletions through, unseen",
    { hint: "Run once with --allow-mass-deletion, and then with --every alone." },
  );
}

async function reconversionAdvice(database: Database): Promise<string> {
  const n = await outdated(database);
  return n === 0
    ? ""
    : `${n} bodies were converted by another version: run reconvert to bring their text up to date\n`;
}

function exitCode(result: IngestResult): number {
  if (result.status === "interrupted") return EXIT_CODES.interrupted;
  return result.status === "complete" ? EXIT_CODES.complete : EXIT_CODES.incomplete;
}

/** What was asked for, as stored with the run: no defaults, no secrets. */
function chosen(options: IngestOptions): Record<string, unknown> {
  const {
    db: _db,
    dbTimeout: _timeout,
    json: _json,
    quiet: _quiet,
    logLevel: _level,
    logFormat: _format,
    noColor: _color,
    metricsFile: _metrics,
    ...rest
  } = options;
  return Object.fromEntries(
    Object.entries(rest).filter(([, value]) =>
      value !== false && value !== undefined && !(Array.isArray(value) && value.length === 0)
    ),
  );
}

function dryRun({ io, config }: Invocation, options: IngestOptions): number {
  const plan = {
    site: config.baseUrl,
    through: config.cloudId === null ? "site" : "gateway",
    spaces: options.allSpaces ? "all" : [...options.space, ...options.spaceId.map((id) => `id ${id}`)],
    body_format: options.bodyFormat,
    since: options.since ?? null,
    max_pages: options.maxPages ?? null,
    history_depth: historyDepth(options),
    database: config.databaseUrl,
    artifacts: `${config.outDir}/runs/<run id>/ingest/`,
    attachments: options.attachments,
    requests_per_second: options.rps,
    concurrency: options.concurrency,
  };
  if (options.json) io.out(`${JSON.stringify(plan)}\n`);
  else {
    const spaces = Array.isArray(plan.spaces)
      ? plan.spaces.length === 0 ? "those already in the index" : plan.spaces.join(", ")
      : "all that the account sees";
    io.out(
      `would ingest ${spaces}\n` +
        `from ${plan.site} (through the ${plan.through}), at most ${plan.requests_per_second} requests a second\n` +
        `into ${plan.database}, artifacts in ${plan.artifacts}\n` +
        (options.attachments === "download"
          ? `files of attachments up to ${
            formatBytes(options.maxAttachmentSize)
          } too, in ${config.outDir}/attachments/\n`
          : "") +
        "nothing was asked, nothing was written\n",
    );
  }
  return EXIT_CODES.complete;
}
