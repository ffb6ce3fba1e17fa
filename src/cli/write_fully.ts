/** What of `Deno.stdout` and `Deno.stderr` is used here. */
export interface SyncWriter {
  writeSync(bytes: Uint8Array): number;
}

const encoder = new TextEncoder();
const PAUSE_MS = 1;

/**
 * Writes all of a text before it returns, also to a pipe that takes a part or asks to come back later.
 *
 * @param writer Where to.
 * @param text What.
 * @throws {Deno.errors.BrokenPipe} When nobody reads any more.
 */
export function writeFully(writer: SyncWriter, text: string): void {
  let rest: Uint8Array = encoder.encode(text);
  while (rest.length > 0) {
    try {
      rest = rest.subarray(writer.writeSync(rest));
    } catch (error) {
      if (!(error instanceof Deno.errors.WouldBlock)) throw error;
      // The other end made the pipe non-blocking and is slow; give it a moment without spinning.
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, PAUSE_MS);
    }
  }
}
