/**
 * The diagnosis as the hint of a command that failed.
 *
 * @module
 */
import { ConfluenceIndexError, type ErrorCode } from "../../errors.ts";
import type { Config } from "../config.ts";
import { diagnose, impatientClient } from "./diagnose.ts";

/** Errors that have to do with the way to the site, not with what lies there. */
const EXPLAINED: readonly ErrorCode[] = ["authentication", "network", "response"];

/** Whether looking closer may tell more than the error itself. */
export function isWorthDiagnosing(error: unknown): error is ConfluenceIndexError {
  return error instanceof ConfluenceIndexError && EXPLAINED.includes(error.code);
}

/**
 * Asks the site a few questions and finds the first thing that is wrong.
 *
 * @param error What ended the command.
 * @param config Its configuration, with a site.
 * @returns An error of the same kind with a better hint, or the same error where nothing else was found.
 */
export async function withDiagnosis(
  error: ConfluenceIndexError,
  config: Config,
  signal: AbortSignal,
): Promise<ConfluenceIndexError> {
  const client = impatientClient(config, signal);
  const scopes = "reason" in error && error.reason === "scope";
  const checks = await diagnose(client, config, { scopes, signal });
  const trouble = checks.find(({ status }) => status === "failed") ??
    checks.find(({ status, name }) => status === "limited" && name === "scopes");
  if (trouble === undefined) return error;
  const hint = `${trouble.name}: ${trouble.finding}. ${trouble.remedy ?? ""}`.trim();
  return new ConfluenceIndexError(error.code, error.message, { hint, cause: error });
}
