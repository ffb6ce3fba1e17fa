/** A signal that follows others until it is unlinked. */
export interface LinkedSignal {
  readonly signal: AbortSignal;
  readonly unlink: () => void;
}

/**
 * Makes one signal of several. By hand instead of `AbortSignal.any`: a client's signal lives long, and must not gather
 * one follower for each request.
 *
 * @param signals The first that aborts decides; absent ones are ignored.
 */
export function linkSignals(...signals: readonly (AbortSignal | undefined)[]): LinkedSignal {
  const controller = new AbortController();
  const unlinkers: (() => void)[] = [];
  for (const signal of signals) {
    if (signal === undefined) continue;
    if (signal.aborted) controller.abort(signal.reason);
    const onAbort = () => controller.abort(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    unlinkers.push(() => signal.removeEventListener("abort", onAbort));
  }
  return { signal: controller.signal, unlink: () => unlinkers.forEach((unlink) => unlink()) };
}
