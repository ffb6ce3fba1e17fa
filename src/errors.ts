/**
 * The one error shape of the project: a code for programs, a sentence for people, a hint what to do.
 *
 * Messages follow one grammar: what failed, a colon, what was found; no final stop. Anything a user can cause is a
 * {@linkcode ConfluenceIndexError}; everything else is a bug and keeps its stack trace.
 *
 * @module
 */

/** What kind of failure it is; the command line turns it into an exit code. */
export type ErrorCode =
  | "usage"
  | "configuration"
  | "authentication"
  | "not_found"
  | "rate_limit"
  | "response"
  | "network"
  | "database"
  | "locked"
  | "files"
  | "incomplete"
  | "interrupted";

/** Options of {@linkcode ConfluenceIndexError}. */
export interface ConfluenceIndexErrorOptions extends ErrorOptions {
  /** What the user can do about it, one sentence. */
  readonly hint?: string | undefined;
}

/**
 * An error a user can act on.
 *
 * @example Usage
 * ```ts
 * import { ConfluenceIndexError } from "@confluence-index/confluence-index";
 * import { assertEquals } from "@std/assert";
 *
 * const error = new ConfluenceIndexError("usage", "Cannot read --since: \"yesterday\" is not a time", {
 *   hint: "Write it like 2026-01-31T12:00:00Z.",
 * });
 * assertEquals(error.code, "usage");
 * ```
 */
export class ConfluenceIndexError extends Error {
  /** The class name, also in subclasses. */
  override name = "ConfluenceIndexError";
  /** What kind of failure it is. */
  readonly code: ErrorCode;
  /** What the user can do about it. */
  readonly hint: string | undefined;

  /**
   * @param code What kind of failure it is.
   * @param message What failed, a colon, what was found.
   * @param options The hint and the cause.
   */
  constructor(code: ErrorCode, message: string, options: ConfluenceIndexErrorOptions = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
  }
}
