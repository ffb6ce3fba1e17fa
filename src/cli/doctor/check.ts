/** `ok`; `limited`: works, but not all of it or not for long; `failed`: nothing works before this is mended. */
export type Health = "ok" | "limited" | "failed" | "skipped";

/** One thing that was looked at. */
export interface Check {
  readonly name: string;
  readonly status: Health;
  /** What was found. May hold remote text that is not yet safe for a terminal. */
  readonly finding: string;
  /** What to do about it; null where there is nothing to do. */
  readonly remedy: string | null;
}

export function ok(name: string, finding: string): Check {
  return { name, status: "ok", finding, remedy: null };
}

export function limited(name: string, finding: string, remedy: string): Check {
  return { name, status: "limited", finding, remedy };
}

export function failed(name: string, finding: string, remedy: string): Check {
  return { name, status: "failed", finding, remedy };
}

export function skipped(name: string, why: string): Check {
  return { name, status: "skipped", finding: why, remedy: null };
}

/** What all checks together say; what was skipped has its reason in another check. */
export function healthOf(checks: readonly Check[]): Exclude<Health, "skipped"> {
  for (const status of ["failed", "limited"] as const) {
    if (checks.some((check) => check.status === status)) return status;
  }
  return "ok";
}

/** What an error found, without the words about which step it was. */
export function findingOf(error: Error): string {
  return error.message.replace(/^Cannot [^:]*: /, "");
}
