import { type Check, limited, ok } from "./check.ts";

/** Less says nothing: the server's time comes in whole seconds, and the answer took its time too. */
const MOST_MS = 60_000;

/**
 * Whether this machine's clock goes with the site's.
 *
 * @param skewMs How far this machine is ahead, in milliseconds.
 */
export function checkClock(skewMs: number): Check {
  const name = "clock";
  const seconds = Math.round(Math.abs(skewMs) / 1000);
  if (Math.abs(skewMs) <= MOST_MS) return ok(name, `within ${Math.max(1, seconds)} s of the site's`);
  return limited(
    name,
    `this machine is ${seconds} s ${skewMs > 0 ? "ahead of" : "behind"} the site`,
    "Let the machine keep its clock by NTP: ages, schedules and locks go by it.",
  );
}
