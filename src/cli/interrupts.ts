/** What a signal leads to. */
export interface InterruptHandlers {
  /** The first signal: finish what is in hand. */
  readonly first: () => void;
  /** A later one: stop at once. */
  readonly again: () => void;
  /** Milliseconds, only ever rising. */
  readonly now: () => number;
}

/**
 * `deno task` passes Ctrl-C on to its child, which the terminal has told already: one key press arrives twice within
 * milliseconds. Nobody presses it again that fast.
 */
const ECHO_MS = 500;

/**
 * Makes the listener for Ctrl-C and its like.
 *
 * @param handlers What to do, and the clock.
 */
export function interruptListener(handlers: InterruptHandlers): () => void {
  let firstAt: number | undefined;
  return () => {
    if (firstAt === undefined) {
      firstAt = handlers.now();
      handlers.first();
    } else if (handlers.now() - firstAt >= ECHO_MS) {
      handlers.again();
    }
  };
}
