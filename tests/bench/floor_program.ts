/**
 * The floor: gets the same URLs, `JSON.parse`, the same rows into the same tables, and nothing else. No client, no checks, no
 * comparing, no events, one thing after the other. Writes a {@linkcode FloorTimes} to stdout.
 */
import { createClient, type InValue } from "@libsql/client";
import { openDatabase } from "../../src/database/mod.ts";
import { DEFAULT_ACCOUNT } from "../support/fake/options.ts";
import { print } from "./table.ts";

/** What to get. */
export interface FloorJob {
  /** An empty folder. */
  readonly folder: string;
  readonly urls: readonly string[];
}

/** How long it took. */
export interface FloorTimes {
  /** All of it, in milliseconds. */
  readonly allMs: number;
  /** Without waiting for answers: parsing and inserting, in milliseconds. */
  readonly workMs: number;
}

const COLUMNS = [
  "id",
  "version",
  "is_current",
  "status",
  "title",
  "space_id",
  "space_key",
  "parent_id",
  "parent_type",
  "position",
  "author_id",
  "owner_id",
  "subtype",
  "created_at",
  "updated_at",
  "version_message",
  "version_author_id",
  "minor_edit",
  "url",
  "run_id",
  "fetched_at",
  "body_format",
  "body",
];

const job = JSON.parse(Deno.args[0]!) as FloorJob;
const url = `file:${job.folder}/floor.db`;
(await openDatabase(url)).close();
const database = createClient({ url, concurrency: 1 });
for (const pragma of ["journal_mode = WAL", "synchronous = NORMAL"]) {
  await database.execute(`PRAGMA ${pragma}`);
}
const headers = { authorization: `Basic ${btoa(`${DEFAULT_ACCOUNT.email}:${DEFAULT_ACCOUNT.token}`)}` };
const now = new Date().toISOString();

const start = performance.now();
let workMs = 0;
for (const url of job.urls) {
  const text = await (await fetch(url, { headers })).text();
  const answered = performance.now();
  const { results } = JSON.parse(text) as { results?: unknown };
  if (/\/spaces\/\d+\/pages\?/.test(url)) await insert(results as unknown[]);
  workMs += performance.now() - answered;
}
const allMs = performance.now() - start;
database.close();
await print(JSON.stringify({ allMs, workMs } satisfies FloorTimes));

async function insert(pages: readonly unknown[]): Promise<void> {
  if (pages.length === 0) return;
  const row = `(${COLUMNS.map(() => "?").join(", ")})`;
  const sql = `INSERT INTO pages (${COLUMNS.join(", ")}) VALUES ${Array(pages.length).fill(row).join(", ")}`;
  await database.batch([{ sql, args: pages.flatMap(toRow) }], "write");
}

// deno-lint-ignore no-explicit-any -- what came is taken as it is
function toRow(page: any): InValue[] {
  const { version, body, _links: links } = page;
  return [
    page.id,
    version.number,
    1,
    page.status,
    page.title,
    page.spaceId,
    "B1",
    page.parentId,
    page.parentType,
    page.position,
    page.authorId,
    page.ownerId,
    page.subtype,
    page.createdAt,
    version.createdAt,
    version.message,
    version.authorId,
    version.minorEdit ? 1 : 0,
    links.webui,
    "floor",
    now,
    "storage",
    body.storage.value,
  ];
}
