/**
 * Reads how long the server wants us to wait.
 *
 * Understands seconds, HTTP dates and ISO 8601 times, in `Retry-After` or `Beta-Retry-After` (api.md 9.3).
 *
 * @param headers The headers of the answer.
 * @param now Server time in milliseconds, used where the answer has no `Date`.
 * @returns Milliseconds, 0 for times in the past; null where the server did not say or nonsense came.
 */
export function retryAfterMs(headers: Headers, now: number): number | null {
  for (const name of ["retry-after", "beta-retry-after"]) {
    const text = headers.get(name)?.trim();
    if (text === undefined || text === "") continue;
    if (/^[+-]?\d+(\.\d+)?$/.test(text)) return Math.max(0, Math.ceil(Number(text) * 1000));
    const until = Date.parse(text);
    if (Number.isNaN(until)) continue;
    const date = Date.parse(headers.get("date") ?? "");
    return Math.max(0, until - (Number.isNaN(date) ? now : date));
  }
  return null;
}
