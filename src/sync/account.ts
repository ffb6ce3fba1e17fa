/**
 * The accounting of one space: every listed page ends in exactly one column.
 *
 * @module
 */
import type { SpaceAccount } from "../database/mod.ts";

/** What is counted for attachments. */
export interface AttachmentCounts {
  listed: number;
  unchanged: number;
  added: number;
  updated: number;
  skipped: number;
  failed: number;
  deleted: number;
}

/** Counts what happened to one space in one run. */
export class Account {
  listed = 0;
  unchanged = 0;
  added = 0;
  updated = 0;
  /** Of the updated: those that were deleted before. */
  restored = 0;
  deleted = 0;
  movedIn = 0;
  movedOut = 0;
  countBefore = 0;
  countAfter = 0;
  readonly skipped = new Map<string, number>();
  readonly failed = new Map<string, number>();
  readonly attachments: AttachmentCounts = {
    listed: 0,
    unchanged: 0,
    added: 0,
    updated: 0,
    skipped: 0,
    failed: 0,
    deleted: 0,
  };

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

  /** What does not add up, one sentence each; empty when all is well. */
  discrepancies(): string[] {
    const found: string[] = [];
    const explained = this.unchanged + this.added + this.updated + this.skippedTotal + this.failedTotal;
    if (this.listed !== explained) found.push(`listed ${this.listed} pages: ${explained} are accounted for`);
    const expected = this.countBefore + this.added + this.restored + this.movedIn - this.movedOut -
      this.deleted;
    if (this.countAfter !== expected) {
      found.push(`the index should hold ${expected} pages: it holds ${this.countAfter}`);
    }
    return found;
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
