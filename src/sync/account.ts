/**
 * The accounting of one space: every listed page ends in exactly one column.
 *
 * @module
 */
import type { SpaceAccount } from "../database/mod.ts";

/** What is counted for attachments. */
export interface AttachmentCounts {
  /** What the API listed. */
  listed: number;
  /** As the index held them already. */
  unchanged: number;
  /** New to the index. */
  added: number;
  /** With a new version, name, page or space, or back again. */
  updated: number;
  /** Left out on purpose: on something else than a page, or on one that is deleted. */
  skipped: number;
  /** Not readable; see `failures`. */
  failed: number;
  /** Marked as deleted. */
  deleted: number;
}

/** What is counted for the files of attachments. */
export interface FileCounts {
  /** Downloaded in this run. */
  stored: number;
  /** Bytes of those. */
  bytes: number;
  /** Left out because of their size. */
  tooLarge: number;
  /** Not downloadable, or waiting for their next try; see `failures`. */
  failed: number;
  /** Not tried, because everything before failed. */
  left: number;
}

/** What is counted for earlier versions of pages. */
export interface HistoryCounts {
  /** Pages some of whose earlier versions were read. */
  pages: number;
  /** Earlier versions that are new to the index. */
  versions: number;
  /** Pages whose earlier versions could not all be read; see `failures`. */
  failed: number;
}

/** What is counted for labels. */
export interface LabelCounts {
  /** Pages whose labels are others than before. */
  changed: number;
  /** Pages whose labels could not be read; see `failures`. */
  failed: number;
}

/** Counts what happened to one space in one run. */
export class Account {
  /** Pages that the API listed. */
  listed = 0;
  /** Of the listed: as the index held them already. */
  unchanged = 0;
  /** Of the listed: new to the index. */
  added = 0;
  /** Of the listed: with a new version, title, place, status or body format, or back again. */
  updated = 0;
  /** Of the updated: those that were deleted before. */
  restored = 0;
  /** Pages marked as deleted. */
  deleted = 0;
  /** Pages that came from another space of the index. */
  movedIn = 0;
  /** Pages that went to another space of the index. */
  movedOut = 0;
  /** Pages of the space in the index before the run. */
  countBefore = 0;
  /** Pages of the space in the index after the run. */
  countAfter = 0;
  /** Of the listed: left out on purpose, by reason. */
  readonly skipped = new Map<string, number>();
  /** Of the listed: not readable, by reason. */
  readonly failed = new Map<string, number>();
  /** The same columns for attachments. */
  readonly attachments: AttachmentCounts = {
    listed: 0,
    unchanged: 0,
    added: 0,
    updated: 0,
    skipped: 0,
    failed: 0,
    deleted: 0,
  };

  /** Earlier versions, where they were asked for. */
  readonly history: HistoryCounts = { pages: 0, versions: 0, failed: 0 };
  /** Pages by what became of their labels. */
  readonly labels: LabelCounts = { changed: 0, failed: 0 };

  /** Files of attachments. */
  readonly files: FileCounts = { stored: 0, bytes: 0, tooLarge: 0, failed: 0, left: 0 };

  #blogPosts: Account | undefined;

  /** The same columns for blog posts. */
  get blogPosts(): Account {
    return this.#blogPosts ??= new Account();
  }

  /** Counts `n` listed pages that were left out on purpose. */
  skip(reason: string, n = 1): void {
    if (n > 0) this.skipped.set(reason, (this.skipped.get(reason) ?? 0) + n);
  }

  /** Counts `n` listed pages that could not be read. */
  fail(reason: string, n = 1): void {
    if (n > 0) this.failed.set(reason, (this.failed.get(reason) ?? 0) + n);
  }

  /** How many listed pages were skipped, whatever the reason. */
  get skippedTotal(): number {
    return total(this.skipped);
  }

  /** How many listed pages failed, whatever the reason. */
  get failedTotal(): number {
    return total(this.failed);
  }

  /** What could not be read, of everything that is counted here. */
  get failures(): number {
    return this.failedTotal + this.attachments.failed + this.labels.failed + this.files.failed +
      this.files.left +
      (this.#blogPosts?.failures ?? 0);
  }

  /** What does not add up, one sentence each; empty when all is well. */
  discrepancies(noun = "page"): string[] {
    const found: string[] = [];
    const explained = this.unchanged + this.added + this.updated + this.skippedTotal + this.failedTotal;
    if (this.listed !== explained) {
      found.push(`listed ${this.listed} ${noun}s: ${explained} are accounted for`);
    }
    const expected = this.countBefore + this.added + this.restored + this.movedIn - this.movedOut -
      this.deleted;
    if (this.countAfter !== expected) {
      found.push(`the index should hold ${expected} ${noun}s: it holds ${this.countAfter}`);
    }
    return found;
  }

  #columns(): Record<string, unknown> {
    const { listed, unchanged, added, updated, restored, deleted, countBefore, countAfter } = this;
    const reasons = { skipped: Object.fromEntries(this.skipped), failed: Object.fromEntries(this.failed) };
    return { listed, unchanged, added, updated, restored, deleted, countBefore, countAfter, ...reasons };
  }

  /** The row for the table `run_spaces`. */
  toRow(spaceId: string, mode: string, status: string, notes: readonly string[]): SpaceAccount {
    return {
      spaceId,
      mode,
      status,
      listed: this.listed,
      unchanged: this.unchanged,
      added: this.added,
      updated: this.updated,
      restored: this.restored,
      skipped: this.skippedTotal,
      failed: this.failedTotal,
      deleted: this.deleted,
      movedIn: this.movedIn,
      movedOut: this.movedOut,
      countBefore: this.countBefore,
      countAfter: this.countAfter,
      detail: JSON.stringify({
        skipped: Object.fromEntries(this.skipped),
        failed: Object.fromEntries(this.failed),
        attachments: this.attachments,
        history: this.history,
        labels: this.labels,
        files: this.files,
        ...(this.#blogPosts === undefined ? {} : { blogposts: this.#blogPosts.#columns() }),
        notes,
      }),
    };
  }
}

function total(counts: ReadonlyMap<string, number>): number {
  let sum = 0;
  for (const n of counts.values()) sum += n;
  return sum;
}
