/** One ingest, measured from the call to its end; writes an {@linkcode IngestTimes} to stdout. */
import { ConfluenceClient } from "../../src/confluence/mod.ts";
import { openDatabase } from "../../src/database/mod.ts";
import { writeRunArtifacts } from "../../src/export/mod.ts";
import { ingest } from "../../src/sync/mod.ts";
import { DEFAULT_ACCOUNT } from "../support/fake/options.ts";
import { print } from "./table.ts";

/** What to ingest. */
export interface IngestJob {
  readonly baseUrl: string;
  /** An empty folder. */
  readonly folder: string;
  readonly requestsPerSecond: number;
  /** Requests in flight at most. */
  readonly concurrency: number;
  readonly spacesAtOnce: number;
}

/** How long it took. */
export interface IngestTimes {
  /** The ingest alone, in milliseconds. */
  readonly ingestMs: number;
  /** With its artifacts, in milliseconds. */
  readonly allMs: number;
  /** What it asked for, in order. */
  readonly urls: readonly string[];
}

const job = JSON.parse(Deno.args[0]!) as IngestJob;
const urls: string[] = [];
const client = new ConfluenceClient({
  baseUrl: job.baseUrl,
  email: DEFAULT_ACCOUNT.email,
  apiToken: DEFAULT_ACCOUNT.token,
  limits: { requestsPerSecond: job.requestsPerSecond, concurrency: job.concurrency },
  fetch: (url, init) => {
    urls.push(String(url));
    return fetch(url, init);
  },
});
const database = await openDatabase(`file:${job.folder}/index.db`);
const start = performance.now();
const { runId, status } = await ingest({
  client,
  database,
  selection: { all: true },
  spacesAtOnce: job.spacesAtOnce,
});
const ingestMs = performance.now() - start;
if (status !== "complete") throw new Error(`Cannot measure: the run is ${status}`);
await writeRunArtifacts(database, runId, job.folder);
const allMs = performance.now() - start;
database.close();
await print(JSON.stringify({ ingestMs, allMs, urls } satisfies IngestTimes));
