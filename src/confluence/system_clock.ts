import { delay } from "@std/async/delay";

import type { Clock } from "../model/mod.ts";

/** The machine's own clock. */
export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) => delay(ms, signal === undefined ? {} : { signal }),
};
