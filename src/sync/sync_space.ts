/**
 * One space, from choosing how to read it to how it ended. What goes wrong here stays in this space.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import { ConfluenceError } from "../confluence/mod.ts";
import { reconciliationDue, type SyncState } from "../database/mod.ts";
import { type DeltaResult, readDelta, readSince } from "./delta_space.ts";
import { note, type SpaceContext, type SpaceMode, type SpaceStatus, type SyncSettings } from "./context.ts";
import { UNSEARCHABLE, type Unsearchable } from "./search_batches.ts";
import { comparePages, listSpace } from "./list_space.ts";
import { worse } from "./space_status.ts";

/** How a space is to be read. */
export function chooseMode(state: SyncState | undefined, settings: SyncSettings, due: boolean): SpaceMode {
  if (settings.since !== null) return "since";
  if (settings.full) return "full";
  if (state === undefined || state.mark === null) return "first";
  if (settings.maxPages !== null) return "delta";
  // A first listing that was resumed: what it showed before it broke off was read by credentials that nobody proved afterwards.
  if (state.resumeSince !== null) return "reconcile";
  return due ? "reconcile" : "delta";
}

/**
 * Reads a space in its mode.
 *
 * @throws Whatever made it impossible; the space's mark and rows are as the last commit left them.
 */
export async function readSpace(space: SpaceContext): Promise<SpaceStatus> {
  const { state, deletions, settings, clock } = space;
  // A listing that must be made anyway tells what is gone as well.
  const isLate = reconciliationDue(state, deletions, settings.reconcile, clock.now()) ||
    deletions !== "on_demand" && ((state?.resumeSince ?? null) !== null || space.owed.length > 0);
  const isCapped = settings.maxPages !== null;
  if (isCapped && isLate && settings.since === null && state !== undefined && state.mark !== null) {
    note(
      space,
      "a run with --max-pages leaves out the comparison that is due: what moved, came into sight or is gone waits for a run without it",
    );
  }
  // Whoever asks for everything wants to know what is gone as well.
  const due = !isCapped && (isLate || settings.full && deletions !== "on_demand");
  if (space.mode !== "since" && space.mode !== "delta") {
    try {
      return await listSpace(space, { detectDeletions: due });
    } catch (error) {
      if (space.mode !== "reconcile" || !(error instanceof ConfluenceError)) throw error;
      return await readWithoutListing(space, error);
    }
  }
  const result: DeltaResult = space.mode === "since" ? await readSince(space) : await readDelta(space);
  return isUnsearchable(result) ? await readUnsearched(space, result) : result;
}

/** A listing that cannot be had keeps nobody from reading what changed; the comparison is still owed. */
async function readWithoutListing(space: SpaceContext, error: ConfluenceError): Promise<SpaceStatus> {
  note(space, `${error.message}: the space is not compared, only its changes are read`);
  const result = await readDelta({ ...space, mode: "delta" }, true);
  if (isUnsearchable(result)) throw error;
  return worse(result, "incomplete");
}

function isUnsearchable(result: DeltaResult): result is Unsearchable {
  return result in UNSEARCHABLE;
}

async function readUnsearched(space: SpaceContext, why: Unsearchable): Promise<SpaceStatus> {
  const reason = UNSEARCHABLE[why];
  if (space.mode === "since") {
    throw new ConfluenceIndexError(
      "usage",
      `Cannot read ${space.space.key} since a time: ${reason}`,
      {
        hint: why === "forbidden"
          ? "Grant the scope search:confluence, or run without --since."
          : "Run without --since.",
      },
    );
  }
  note(space, `${reason}: pages are compared by listing, attachments on reconciliation only`);
  const status = await comparePages({ ...space, mode: "reconcile" });
  return why === "unanswered" ? worse(status, "incomplete") : status;
}
