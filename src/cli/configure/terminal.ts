import { promptSecret } from "@std/cli/prompt-secret";
import { writeFully } from "../write_fully.ts";

/** Somebody to ask. */
export interface Terminal {
  /** Shows a text. */
  tell(text: string): void;
  /** Asks for a line; null where no more will come. */
  ask(question: string): string | null;
  /** The same, showing nothing of what is typed. */
  askSecret(question: string): string | null;
}

/** The terminal this program was started from. */
export const terminal: Terminal = {
  tell: (text) => writeFully(Deno.stderr, text),
  ask(question) {
    writeFully(Deno.stderr, `${question} `);
    return readLine();
  },
  askSecret(question) {
    // Before the question shows: what is pasted ahead of it would be echoed.
    Deno.stdin.setRaw(true, Deno.build.os === "windows" ? undefined : { cbreak: true });
    try {
      writeFully(Deno.stderr, question);
      return promptSecret("", { mask: "" });
    } finally {
      Deno.stdin.setRaw(false);
    }
  },
};

const LINE_FEED = 10;

function readLine(): string | null {
  const byte = new Uint8Array(1);
  const bytes: number[] = [];
  while (true) {
    const count = Deno.stdin.readSync(byte);
    if (count === null) return bytes.length === 0 ? null : decode(bytes);
    if (byte[0] === LINE_FEED) return decode(bytes);
    bytes.push(byte[0]!);
  }
}

function decode(bytes: readonly number[]): string {
  return new TextDecoder().decode(new Uint8Array(bytes)).trim();
}
