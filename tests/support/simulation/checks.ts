/** What a run on a clear day must leave behind. */
import { allFailures, knownSpaces } from "../../../src/database/mod.ts";
import type { Site } from "../fake/mod.ts";
import { currentRows, type Ledger, readLedger, type Row } from "./ledger.ts";
import { type RunEnd, watchedRun } from "./runs.ts";
import { differences } from "./truth.ts";
import type { World } from "./world.ts";

/**
 * A delta: every page and attachment whose newest version was made where it is now must be in the index, or on record
 * as a failure. What merely came into sight is left to the reconciliation.
 */
export async function checkDelta(world: World): Promise<RunEnd> {
  const { database } = world.index;
  const isFirst = (await knownSpaces(database)).length === 0;
  world.tell("check: delta");
  const end = await watchedRun(world, {
    selection: isFirst ? { all: true } : {},
    deletions: "on_demand",
    ...(isFirst ? { kinds: world.traits.kinds, includeArchived: world.traits.archivedInScope } : {}),
  });
  if (end.result === null) throw end.error;
  const ledger = await readLedger(database);
  const failures = await allFailures(database);
  const excused = new Set(failures.map(({ id }) => id));
  const read = new Set(
    end.result.spaces.filter(({ mode, status }) => mode === "delta" && status !== "failed").map((each) =>
      each.space.id
    ),
  );
  const missing: string[] = [];
  // By time: numbers move down where earlier versions are deleted, which the search need not tell.
  const pages = currentRows(ledger.pages);
  const { site } = world.fake;
  for (const page of site.visiblePages(undefined, ["current", "archived"])) {
    const seen = world.sight.page(page.id);
    if (!read.has(page.spaceId) || excused.has(page.id) || seen === undefined) continue;
    // The search never finds archived pages.
    if (
      page.status === "archived" || world.rolledBack.has(page.id) ||
      Date.parse(page.updatedAt) < seen.since || world.misled(page.updatedAt)
    ) continue;
    const row = pages.get(page.id);
    if (row === undefined || row.deleted_at !== null || row.updated_at !== page.updatedAt) {
      missing.push(`page ${page.id} version ${page.version} of ${page.updatedAt} (index: ${row?.version})`);
    }
  }
  const files = currentRows(ledger.attachments);
  for (const file of site.visibleAttachments()) {
    const seen = world.sight.file(file.id);
    if (file.containerType !== "page" || !read.has(file.spaceId) || seen === undefined) continue;
    const home = pages.get(file.containerId);
    if (
      excused.has(file.id) || excused.has(file.containerId) || home === undefined || home.deleted_at !== null
    ) {
      continue;
    }
    if (
      Date.parse(file.updatedAt) < seen.since || world.misled(file.updatedAt) ||
      isArchived(site, file.spaceId)
    ) {
      continue;
    }
    const row = files.get(file.id);
    if (row === undefined || row.deleted_at !== null || row.version !== file.version) {
      missing.push(
        `attachment ${file.id} version ${file.version} of ${file.updatedAt} (index: ${row?.version})`,
      );
    }
  }
  if (missing.length > 0) throw new Error(`a delta passed by ${missing.slice(0, 5).join(", ")}`);
  return end;
}

function isArchived(site: Site, spaceId: string): boolean {
  return site.state.spacesById.get(spaceId)?.status === "archived";
}

/** A reconciliation: the index equals the site. */
export async function checkReconciliation(world: World, final: boolean): Promise<RunEnd> {
  const { database } = world.index;
  world.tell("check: reconciliation");
  const end = await watchedRun(world, {
    reconcile: true,
    allowMassDeletion: true,
    ...(world.rolledBack.size > 0 ? { full: true } : {}),
  });
  const { result } = end;
  if (result === null) throw end.error;
  // A first reading that was resumed proves nothing about its beginning: the one after it does.
  if (result.spaces.some(({ mode }) => mode === "first")) return end;
  const visible = new Set(
    world.fake.site.state.spaces.rows.filter(({ visibleTo }) => visibleTo === null).map(({ id }) => id),
  );
  const failures = (await allFailures(database)).filter(({ kind, spaceId }) =>
    // Earlier versions are asked for by runs that are told to.
    kind !== "history" && (spaceId === null || visible.has(spaceId))
  );
  const excused = new Set(failures.map(({ id }) => id));
  const spaces = result.spaces.filter(({ space }) => visible.has(space.id));
  const unwell = spaces.filter(({ status }) => status !== "complete");
  if (unwell.length > 0) {
    throw new Error(
      `a clear day ended with ${
        unwell.map(({ space, status, notes, error }) => `${space.key} ${status} ${notes} ${error}`)
      }`,
    );
  }
  if (final && failures.length > 0) {
    throw new Error(
      `the quarantine still holds ${failures.map(({ kind, id, reason }) => `${kind} ${id} (${reason})`)}`,
    );
  }
  const wrong = await differences(world.fake.site, database, {
    spaces: new Map(spaces.map(({ space }) => [space.id, {
      statuses: world.statuses(space.id),
      kinds: world.states.get(space.id)?.kinds ?? {},
    }])),
    excused,
  });
  if (wrong.length > 0) throw new Error(`the index is wrong: ${wrong.slice(0, 6).join("; ")}`);
  world.believeAgain();
  return end;
}

/** Nothing has changed: nothing is written, and a space costs at most two requests, the run two. */
export async function checkQuiet(world: World): Promise<RunEnd> {
  const { database } = world.index;
  const before = world.ledger;
  // What waits in quarantine may come in, since its pause is over.
  const waiting = new Set((await allFailures(database)).map(({ id }) => id));
  const asked = world.fake.counters.total;
  world.tell("check: nothing to do");
  const end = await watchedRun(world, { deletions: "on_demand" });
  if (end.result === null) throw end.error;
  const after = await readLedger(database);
  const was = new Set(allRows(before).map((row) => JSON.stringify(row)));
  const written = allRows(after).filter((row) => !was.has(JSON.stringify(row)) && !waiting.has(row.id));
  if (written.length > 0) {
    throw new Error(
      `a run with nothing to do wrote ${written.map(({ id, version }) => `${id} version ${version}`)}`,
    );
  }
  const spaces = end.result.spaces.filter(({ mode }) => mode === "delta").length;
  // An empty space has no mark, and an archived one is not searched: both are listed.
  const other = end.result.spaces.some(({ mode, space }) =>
    mode === "first" || isArchived(world.fake.site, space.id)
  );
  const requests = world.fake.counters.total - asked;
  // One more to find out which spaces there are, where none is left.
  if (!other && waiting.size === 0 && requests > Math.max(2, 2 * spaces + 1)) {
    throw new Error(`a run with nothing to do asked ${requests} times for ${spaces} spaces`);
  }
  return end;
}

function allRows({ pages, attachments, posts, comments }: Ledger): Row[] {
  return [...pages, ...attachments, ...posts, ...comments];
}
