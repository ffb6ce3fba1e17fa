/**
 * The migrations, embedded so that a compiled binary carries them, and the one function that applies them.
 *
 * @module
 */
import type { Client } from "@libsql/client";
import { ConfluenceIndexError } from "../errors.ts";
import foundation from "../../migrations/0000_foundation.sql" with { type: "text" };
import search from "../../migrations/0001_search.sql" with { type: "text" };
import shownVersion from "../../migrations/0002_shown_version.sql" with { type: "text" };
import unprovenMark from "../../migrations/0003_unproven_mark.sql" with { type: "text" };
import owedComparisons from "../../migrations/0004_owed_comparisons.sql" with { type: "text" };
import shownAt from "../../migrations/0005_shown_at.sql" with { type: "text" };
import listedVersions from "../../migrations/0006_listed_versions.sql" with { type: "text" };

/** One step of the schema, as `drizzle-kit generate` wrote it. */
export interface Migration {
  /** The file name without `.sql`; its order is its number. */
  readonly tag: string;
  readonly sql: string;
}

/** Every migration of this program, oldest first. A test compares the list with `migrations/meta/_journal.json`. */
export const MIGRATIONS: readonly Migration[] = [
  { tag: "0000_foundation", sql: foundation },
  { tag: "0001_search", sql: search },
  { tag: "0002_shown_version", sql: shownVersion },
  { tag: "0003_unproven_mark", sql: unprovenMark },
  { tag: "0004_owed_comparisons", sql: owedComparisons },
  { tag: "0005_shown_at", sql: shownAt },
  { tag: "0006_listed_versions", sql: listedVersions },
];

/** The newest migration's tag: what artifacts call the schema version. */
export const SCHEMA_VERSION: string = MIGRATIONS[MIGRATIONS.length - 1]!.tag;

/**
 * Brings a database to this program's schema, each step in one transaction with its record.
 *
 * @param client The open database.
 * @param migrations The steps; other than {@linkcode MIGRATIONS} in tests only.
 * @throws {ConfluenceIndexError} `database` when the file has steps this program does not know.
 */
export async function migrate(client: Client, migrations: readonly Migration[] = MIGRATIONS): Promise<void> {
  const applied = await appliedTags(client);
  refuseNewer(applied, migrations);
  for (const { tag, sql } of migrations.slice(applied.length)) {
    const steps = sql.split("--> statement-breakpoint").map((step) => step.trim()).filter((step) =>
      step !== ""
    );
    try {
      await client.batch([
        "CREATE TABLE IF NOT EXISTS schema_migrations (tag TEXT PRIMARY KEY NOT NULL, applied_at TEXT NOT NULL)",
        {
          sql: "INSERT INTO schema_migrations VALUES (?, strftime('%Y-%m-%dT%H:%M:%fZ', 'now'))",
          args: [tag],
        },
        ...steps,
      ], "write");
    } catch (error) {
      // Another process may have applied the same step just now; its record made ours fail as a whole.
      if (!(await appliedTags(client)).includes(tag)) throw error;
    }
  }
}

/**
 * Refuses an index that a newer program made.
 *
 * @param applied The steps that the index has.
 * @param migrations The steps that this program knows.
 * @throws {ConfluenceIndexError} `database`.
 */
export function refuseNewer(applied: readonly string[], migrations: readonly Migration[] = MIGRATIONS): void {
  const unknown = applied.filter((tag) => !migrations.some((migration) => migration.tag === tag));
  if (unknown.length === 0) return;
  throw new ConfluenceIndexError(
    "database",
    `Cannot open the index: it was made by a newer program, this one does not know "${unknown[0]}"`,
    { hint: "Upgrade confluence-index, or point --db at another file. Nothing was changed." },
  );
}

/** The question for the tables of a database, without those of SQLite and libSQL. */
export const TABLE_NAMES =
  "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'libsql_*'";

/** Who made a database with these tables. */
export function makerOf(tables: readonly unknown[]): "nobody yet" | "this program" | "somebody else" {
  if (tables.includes("schema_migrations")) return "this program";
  return tables.length === 0 ? "nobody yet" : "somebody else";
}

/**
 * Refuses a database that another program made: a wrong name must not cost somebody else's file its shape.
 *
 * @returns Whether this program has been here before.
 * @throws {ConfluenceIndexError} `database`; nothing was changed.
 */
export async function refuseForeign(client: Client): Promise<boolean> {
  const { rows } = await client.execute(TABLE_NAMES);
  const names = rows.map((row) => String(row[0]));
  const maker = makerOf(names);
  if (maker !== "somebody else") return maker === "this program";
  throw new ConfluenceIndexError(
    "database",
    `Cannot open the index: it is another program's database, with a table "${names[0]}"`,
    { hint: "Name another file with --db. Nothing was changed." },
  );
}

async function appliedTags(client: Client): Promise<string[]> {
  if (!await refuseForeign(client)) return [];
  const rows = await client.execute("SELECT tag FROM schema_migrations ORDER BY tag");
  return rows.rows.map((row) => String(row[0]));
}
