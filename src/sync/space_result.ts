import { ConfluenceIndexError } from "../errors.ts";
import type { Space } from "../model/mod.ts";
import { ConfluenceError } from "../confluence/mod.ts";
import { Account } from "./account.ts";
import type { SpaceStatus } from "./context.ts";

/** One space after a run, or in a plan. */
export interface SpaceResult {
  readonly space: Pick<Space, "id" | "key" | "name">;
  readonly status: SpaceStatus;
  readonly mode: string;
  readonly account: Account;
  readonly notes: readonly string[];
  readonly error: Error | null;
}

/** A space of the index that the site does not show any more. Its rows are kept: this is no proof of anything. */
export function invisible(space: { readonly id: string; readonly key: string }): SpaceResult {
  return {
    space: { ...space, name: space.key },
    status: "failed",
    mode: "none",
    account: new Account(),
    notes: [
      "the site does not show this space any more (deleted, or not visible to this account): its pages were kept; " +
      "to go on without it, name the other spaces with --space",
    ],
    error: null,
  };
}

/** Whether what went wrong concerns one space only, so that the others go on. A database that fails concerns all. */
export function staysInSpace(error: unknown): error is Error {
  return error instanceof ConfluenceError ||
    (error instanceof ConfluenceIndexError && error.code !== "database" && error.code !== "locked");
}
