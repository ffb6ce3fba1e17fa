/**
 * The only way out of an action: stdout is data, stderr is talk.
 *
 * @module
 */
import { printable } from "./printable.ts";
import { createProgress, type Progress } from "./progress.ts";
import { cutToWidth } from "./text_width.ts";
import { type SyncWriter, writeFully } from "./write_fully.ts";

/** Where an action prints, and what it may know about the place. */
export interface Io {
  /** Writes data to stdout, as it is. Ends the command quietly when nobody reads it any more. */
  out(text: string): void;
  /** Writes talk to stderr, as it is but for secrets. Remote text in it must have passed `printable`. */
  err(text: string): void;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  readonly stdinIsTerminal: boolean;
  /** How wide a line on stdout may be; `Infinity` where nothing limits it. */
  readonly columns: number;
  /** Whether stdout takes colors. */
  readonly color: boolean;
  readonly progress: Progress;
}

/** What the launcher found out about the terminal. */
export interface TerminalFacts {
  readonly stdinIsTerminal: boolean;
  readonly stdoutIsTerminal: boolean;
  readonly stderrIsTerminal: boolean;
  /** For stdout; `Infinity` where nothing limits it. */
  readonly columns: number;
  /** Whether colors are welcome at all: neither `NO_COLOR` nor `--no-color`. */
  readonly color: boolean;
  readonly quiet: boolean;
}

/** Options of {@linkcode createIo}. */
export interface IoOptions {
  readonly facts: TerminalFacts;
  /** Takes secrets out of what goes to stderr. */
  readonly redact: (text: string) => string;
  /** Whether the command goes on when nobody reads stdout any more, because its work is not what it prints. */
  readonly outlivesReader: boolean;
  readonly stdout?: SyncWriter;
  readonly stderr?: SyncWriter;
  readonly now?: () => number;
  /** The width of the terminal that shows progress. */
  readonly terminalColumns?: () => number;
}

/** Thrown by {@linkcode Io.out} when nobody reads any more (`| head`); the worker ends with 0. */
export class ReaderGone extends Error {
  override name = "ReaderGone";
}

/** Makes the {@linkcode Io} of one run. */
export function createIo(options: IoOptions): Io {
  const { facts, redact } = options;
  const stdout = options.stdout ?? Deno.stdout;
  const stderr = options.stderr ?? Deno.stderr;
  let reader = true;

  const talk = (text: string): void => {
    try {
      writeFully(stderr, redact(text));
    } catch (error) {
      // Nobody listens to the talk; the work is what counts.
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  };
  const line = createProgress({
    write: talk,
    now: options.now ?? (() => performance.now()),
    isTerminal: facts.stderrIsTerminal,
    columns: options.terminalColumns ?? terminalColumns,
    fit: cutToWidth,
  });

  return {
    out(text) {
      if (!reader) return;
      // Data on the same screen must not be written behind the status line.
      if (facts.stdoutIsTerminal && facts.stderrIsTerminal) line.end();
      try {
        writeFully(stdout, text);
      } catch (error) {
        if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
        reader = false;
        if (!options.outlivesReader) throw new ReaderGone("Nobody reads stdout any more", { cause: error });
      }
    },
    err: line.aside,
    stdoutIsTerminal: facts.stdoutIsTerminal,
    stderrIsTerminal: facts.stderrIsTerminal,
    stdinIsTerminal: facts.stdinIsTerminal,
    columns: facts.columns,
    color: facts.color && facts.stdoutIsTerminal,
    progress: facts.quiet ? SILENT : {
      // Redacting comes first: an escaped secret would not be recognized.
      update: (text) => line.update(printable(redact(text))),
      log: (text) => line.log(printable(redact(text))),
      end: line.end,
    },
  };
}

const SILENT: Progress = { update() {}, log() {}, end() {} };

/** The width of the terminal, 80 where it does not say. */
export function terminalColumns(): number {
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}
