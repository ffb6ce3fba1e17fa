/** Thrown by {@linkcode readBody} when an answer is larger than allowed. */
export class BodyTooLarge extends Error {
  override name = "BodyTooLarge";
}

/** A body as text and how much came over. */
export interface BodyText {
  readonly text: string;
  /** Bytes after decompression. */
  readonly bytes: number;
}

/**
 * Reads a body, but never holds more than `maxBytes` of it, whatever its headers promise.
 *
 * @param response The answer; its body is used up or cancelled.
 * @param maxBytes Bytes after decompression.
 * @param signal Ends the reading.
 * @throws {BodyTooLarge} When there is more; the rest is not read.
 */
export async function readBody(response: Response, maxBytes: number, signal: AbortSignal): Promise<BodyText> {
  if (response.body === null) return { text: "", bytes: 0 };
  // A length above the bound saves the reading; one below it proves nothing about compressed bodies.
  if (Number(response.headers.get("content-length")) > maxBytes) {
    await response.body.cancel();
    throw new BodyTooLarge();
  }
  const reader = response.body.getReader();
  const cancel = () => void reader.cancel(signal.reason).catch(() => {});
  if (signal.aborted) cancel();
  signal.addEventListener("abort", cancel, { once: true });
  try {
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    while (true) {
      const { done, value } = await reader.read();
      if (signal.aborted) throw signal.reason;
      if (done) return { text: decode(chunks, bytes), bytes };
      bytes += value.byteLength;
      if (bytes > maxBytes) {
        await reader.cancel().catch(() => {});
        throw new BodyTooLarge();
      }
      chunks.push(value);
    }
  } finally {
    signal.removeEventListener("abort", cancel);
  }
}

function decode(chunks: readonly Uint8Array[], bytes: number): string {
  const decoder = new TextDecoder();
  if (chunks.length === 1 && chunks[0] !== undefined) return decoder.decode(chunks[0]);
  const whole = new Uint8Array(bytes);
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.byteLength;
  }
  return decoder.decode(whole);
}
