import { type ServerOptions, TIMEOUT, wait } from "./server.ts";

/** Before the first new try, in milliseconds; doubled each time. */
const FIRST_PAUSE = 50;
const LONGEST_PAUSE = 1_000;
/** How long sqld lets a transaction be while another waits: it undoes it then. */
const TURN = 5_000;

/**
 * Tries again while a server is busy with somebody else's transaction, as long as an answer may take. A server that says so has
 * done nothing of what it was asked, or undone it.
 *
 * @param work One transaction.
 */
export async function whileBusy<T>(options: ServerOptions, work: () => Promise<T>): Promise<T> {
  const { timeoutMs = TIMEOUT, sleep = wait } = options;
  const never = new AbortController().signal;
  let waited = 0;
  for (let most = FIRST_PAUSE;; most = Math.min(2 * most, LONGEST_PAUSE)) {
    try {
      return await work();
    } catch (error) {
      const code = error instanceof Error && "code" in error ? error.code : undefined;
      if (waited >= timeoutMs || (code !== "SQLITE_BUSY" && code !== "TRANSACTION_TIMEOUT")) throw error;
      if (code === "TRANSACTION_TIMEOUT") waited += TURN;
    }
    // By chance, so that several that wait do not ask at the same moment for ever.
    const pause = Math.ceil(most * (0.5 + Math.random() / 2));
    waited += pause;
    await sleep(pause, never);
  }
}
