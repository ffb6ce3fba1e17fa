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

interface WirePage {
  readonly [name: string]: InValue;
}

const job = JSON.parse(Deno.args[0]!) as FloorJob;
const url = `file:${job.folder}/floor.db`;
(await openDatabase(url)).close();
const database = createClient({ url, concurrency: 1 });
for (const pragma of ["journal_mode = WAL", "synchronous = NORMAL"]) {
  await database.execute(`PRAGMA ${pragma}`);
}
const headers = { authorization: `Basic ${btoa(`${DEFAULT_ACCOUNT.email}:${DEFAULT_ACCOUNT.token}`)}` };
// The floor keeps pages as they come: without text, and without what is made of it.
await database.execute("DROP TRIGGER page_search_added");
for (const name of ["page_search_source", "pages_title", "pages_converter"]) {
  await database.execute(`DROP INDEX ${name}`);
}
const derived = ["converter_version", "search_title", "body_text", "search_text"];
const columns = (await database.execute("SELECT * FROM pages")).columns.filter((name) =>
  !derived.includes(name)
);
const now = new Date().toISOString();

const start = performance.now();
let workMs = 0;
for (const url of job.urls) {
  const text = await (await fetch(url, { headers })).text();
  const answered = performance.now();
  const { results } = JSON.parse(text) as { results?: unknown };
  if (/\/spaces\/\d+\/pages\?/.test(url)) await insert(results as WirePage[]);
  workMs += performance.now() - answered;
}
const allMs = performance.now() - start;
database.close();
await print(JSON.stringify({ allMs, workMs } satisfies FloorTimes));

async function insert(pages: readonly WirePage[]): Promise<void> {
  if (pages.length === 0) return;
  const row = `(${Array(columns.length).fill("?").join(", ")})`;
  const sql = `INSERT INTO pages (${columns.join(", ")}) VALUES ${Array(pages.length).fill(row).join(", ")}`;
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
    null,
    null,
    null,
    "floor",
    now,
    "storage",
    body.storage.value,
  ];
}
