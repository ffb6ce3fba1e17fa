/**
 * Whose trouble an error is: of the thing that was asked for, or of the account, the network or the run.
 *
 * @module
 */
import { ConfluenceAuthError, ConfluenceError, ConfluenceResponseError } from "../confluence/mod.ts";

/** Whether an error is about the thing that was asked for, and not about the account, the network or the run. */
export function isOneThingsTrouble(error: unknown): error is ConfluenceError {
  if (error instanceof ConfluenceAuthError) return error.reason === "forbidden";
  return error instanceof ConfluenceError && error.code !== "rate_limit";
}

/** Whether an error about many things may be one thing's trouble, so that fewer are worth asking for. */
export function mayBeOneThings(error: unknown): error is ConfluenceError {
  const isRefused = error instanceof ConfluenceAuthError && error.reason === "forbidden" ||
    error instanceof ConfluenceResponseError && error.reason === "refused";
  return isRefused || error instanceof ConfluenceError && error.mayShrink;
}
