/**
 * Taking out what is old: past versions, tombstones, runs. Which rows go is one condition each, used to count and to delete alike;
 * what is current matches none of them.
 *
 * @module
 */
import type { Statement } from "./database.ts";
import type { Readable } from "./readable.ts";
import { forgetArtifacts, owesArtifacts } from "./runs.ts";

/** What may go. Times are ISO 8601 UTC; null is no rule. */
export interface PruneRules {
  /** Past versions that were replaced before then. */
  readonly versionsReplacedBefore: string | null;
  /** How many of the newest versions of a page or attachment stay whatever their age, the current one among them. */
  readonly keepVersions: number | null;
  /** Pages and attachments that were deleted before then, with all their versions. */
  readonly tombstonesBefore: string | null;
  /** Runs that started before then; the newest one, and the last complete one of each space, stay. */
  readonly runsBefore: string | null;
}

/** The tables that keep versions. */
export type Versioned = "pages" | "blog_posts" | "comments" | "attachments";

/** How much goes. */
export interface PruneCounts {
  /** Deleted pages (blog posts and comments among them) and attachments. */
  readonly pages: number;
  readonly attachments: number;
  /** Past versions of others. */
  readonly pageVersions: number;
  readonly attachmentVersions: number;
  readonly runs: number;
  readonly events: number;
  /** About how much text these rows hold. */
  readonly bytes: number;
}

/** Rows of a table `t` whose thing was deleted long ago. */
function buried(table: Versioned): string {
  return `EXISTS (SELECT 1 FROM ${table} c WHERE c.id = t.id AND c.is_current = 1 AND c.deleted_at < :tombstones)`;
}

/** Rows of a table `t` that are past versions and old enough. */
function past(table: Versioned): string {
  // By time: where an earlier version was deleted on the site, the numbers of later ones go down.
  const newer =
    `FROM ${table} n WHERE n.id = t.id AND (n.updated_at, n.is_current, n.version) > (t.updated_at, t.is_current, t.version)`;
  return `t.is_current = 0 AND (:versions IS NOT NULL OR :keep IS NOT NULL)
    AND (:versions IS NULL OR (SELECT min(n.updated_at) ${newer}) < :versions)
    AND (:keep IS NULL OR (SELECT count(*) ${newer}) >= :keep)`;
}

const GOING_RUNS = `r.started_at < :runs AND r.status <> 'running' AND NOT (${owesArtifacts("r")})
  AND r.id <> (SELECT id FROM runs ORDER BY started_at DESC, id DESC LIMIT 1)
  AND r.id NOT IN (SELECT run_id FROM (
    SELECT a.run_id, max(o.started_at) FROM run_spaces a JOIN runs o ON o.id = a.run_id
    WHERE a.status = 'complete' GROUP BY a.space_id))`;

/** Counts what would go. */
export async function countPrunable(index: Readable, rules: PruneRules): Promise<PruneCounts> {
  const pages = await countTable(index, "pages", rules, PAGE_BYTES);
  const posts = await countTable(index, "blog_posts", rules, PAGE_BYTES);
  const comments = await countTable(index, "comments", rules, COMMENT_BYTES);
  const attachments = await countTable(index, "attachments", rules, "0");
  const [sql, args] = bind(
    `SELECT count(*) AS runs, (SELECT count(*) FROM events WHERE run_id IN (SELECT r.id FROM runs r WHERE ${GOING_RUNS})) AS events
     FROM runs r WHERE ${GOING_RUNS}`,
    rules,
  );
  const row = await index.first<{ runs: number; events: number }>(sql, args);
  return {
    pages: pages.buried + posts.buried + comments.buried,
    attachments: attachments.buried,
    pageVersions: pages.past + posts.past + comments.past,
    attachmentVersions: attachments.past,
    runs: row?.runs ?? 0,
    events: row?.events ?? 0,
    bytes: pages.bytes + posts.bytes + comments.bytes,
  };
}

const COMMENT_BYTES = "coalesce(octet_length(body), 0) + coalesce(octet_length(body_text), 0)";
const PAGE_BYTES =
  "coalesce(octet_length(body), 0) + coalesce(octet_length(body_text), 0) + coalesce(octet_length(search_text), 0)";

async function countTable(index: Readable, table: Versioned, rules: PruneRules, bytes: string) {
  const [sql, args] = bind(
    `SELECT count(*) FILTER (WHERE gone AND is_current = 1) AS buried, count(*) FILTER (WHERE NOT gone) AS past,
       coalesce(sum(bytes), 0) AS bytes
     FROM (SELECT is_current, ${buried(table)} AS gone, ${bytes} AS bytes FROM ${table} t
       WHERE ${buried(table)} OR (${past(table)}))`,
    rules,
  );
  const row = await index.first<{ buried: number; past: number; bytes: number }>(sql, args);
  return { buried: row?.buried ?? 0, past: row?.past ?? 0, bytes: row?.bytes ?? 0 };
}

/** One version of a page or attachment. */
export interface VersionKey {
  readonly id: string;
  /** 1 for the newest. */
  readonly isCurrent: number;
  readonly version: number;
}

/** The next rows that go, after `after`, at most `limit`: by id, the current one last, whatever its number. */
export function prunableVersions(
  index: Readable,
  table: Versioned,
  rules: PruneRules,
  after: VersionKey,
  limit: number,
): Promise<VersionKey[]> {
  const [sql, args] = bind(
    `SELECT id, is_current AS isCurrent, version FROM ${table} t
     WHERE (id, is_current, version) > (:afterId, :afterCurrent, :afterVersion)
       AND (${buried(table)} OR (${past(table)})) ORDER BY id, is_current, version LIMIT ${limit}`,
    rules,
    { afterId: after.id, afterCurrent: after.isCurrent, afterVersion: after.version },
  );
  return index.all<VersionKey>(sql, args);
}

/**
 * Deletes rows that still match the rules, and what hung on them. Versions of one deleted thing may come in several calls: its
 * current row goes last, so that what is left goes the next time.
 */
export function removeVersions(
  table: Versioned,
  keys: readonly VersionKey[],
  rules: PruneRules,
): Statement[] {
  if (keys.length === 0) return [];
  const list = JSON.stringify(keys.map(({ id, version }) => [id, version]));
  const own = { keys: list };
  const among = "IN (SELECT value ->> 0, value ->> 1 FROM json_each(:keys))";
  const statements = [
    // An alias of the table that is deleted from, which the conditions call t.
    bind(
      `DELETE FROM ${table} AS t WHERE (id, version) ${among} AND (${buried(table)} OR (${past(table)}))`,
      rules,
      own,
    ),
  ];
  if (table === "pages" || table === "blog_posts") {
    const orphaned = (id: string, version: string) =>
      `(${id}, ${version}) ${among} AND NOT EXISTS (SELECT 1 FROM ${table} p WHERE p.id = ${id} AND p.version = ${version})`;
    statements.push(
      bind(`DELETE FROM links WHERE ${orphaned("from_page_id", "from_version")}`, rules, own),
      bind(
        `DELETE FROM conversion_notes WHERE ${orphaned("page_id", "conversion_notes.version")}`,
        rules,
        own,
      ),
      // What was taken out was read, and is there no more: the history has a gap again.
      bind(
        "DELETE FROM page_histories WHERE page_id IN (SELECT value ->> 0 FROM json_each(:keys))",
        rules,
        own,
      ),
    );
  }
  return statements.map(([sql, args]) => ({ sql, args }));
}

/** The SHA-256 of files that attachments which stay refer to, from `first` up to, not including, `last`. */
export async function stayingFiles(
  index: Readable,
  rules: PruneRules,
  first: string,
  last: string,
): Promise<Set<string>> {
  // What is not certain to go stays.
  const [sql, args] = bind(
    `SELECT DISTINCT sha256 FROM attachments t WHERE sha256 >= :first AND sha256 < :last
       AND coalesce(${buried("attachments")} OR (${past("attachments")}), 0) = 0`,
    rules,
    { first, last },
  );
  return new Set((await index.all<{ sha256: string }>(sql, args)).map(({ sha256 }) => sha256));
}

/** The ids of runs that go, the oldest first. */
export async function prunableRuns(index: Readable, rules: PruneRules): Promise<string[]> {
  const [sql, args] = bind(`SELECT r.id FROM runs r WHERE ${GOING_RUNS} ORDER BY r.started_at, r.id`, rules);
  return (await index.all<{ id: string }>(sql, args)).map(({ id }) => id);
}

/** Deletes runs with their accounting and their part of the change feed. */
export function removeRuns(ids: readonly string[]): Statement[] {
  if (ids.length === 0) return [];
  const list = JSON.stringify(ids);
  const among = "IN (SELECT value FROM json_each(?))";
  return [
    ...forgetArtifacts(ids),
    { sql: `DELETE FROM events WHERE run_id ${among}`, args: [list] },
    { sql: `DELETE FROM run_spaces WHERE run_id ${among}`, args: [list] },
    { sql: `DELETE FROM runs WHERE id ${among} AND status <> 'running'`, args: [list] },
  ];
}

/** Values by name to values by place, each name once: files and servers take both kinds, but not through one interface. */
function bind(
  sql: string,
  rules: PruneRules,
  more: Readonly<Record<string, string | number>> = {},
): [string, (string | number | null)[]] {
  const values: Readonly<Record<string, string | number | null>> = {
    versions: rules.versionsReplacedBefore,
    keep: rules.keepVersions,
    tombstones: rules.tombstonesBefore,
    runs: rules.runsBefore,
    ...more,
  };
  const names: string[] = [];
  const text = sql.replace(/:([a-z]\w*)/gi, (_, name: string) => {
    if (!names.includes(name)) names.push(name);
    return `?${names.indexOf(name) + 1}`;
  });
  return [text, names.map((name) => values[name]!)];
}
