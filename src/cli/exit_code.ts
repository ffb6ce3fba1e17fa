import type { ErrorCode } from "../errors.ts";

/** What the exit codes mean; also the text of help. */
export const EXIT_CODES = {
  complete: 0,
  incomplete: 1,
  notRun: 2,
  interrupted: 130,
} as const;

const INCOMPLETE: readonly ErrorCode[] = ["incomplete", "files"];

/**
 * The exit code that an error ends the program with.
 *
 * @param code The error's code; undefined for a bug.
 */
export function exitCodeOf(code: ErrorCode | undefined): number {
  if (code === undefined || INCOMPLETE.includes(code)) return EXIT_CODES.incomplete;
  return code === "interrupted" ? EXIT_CODES.interrupted : EXIT_CODES.notRun;
}
