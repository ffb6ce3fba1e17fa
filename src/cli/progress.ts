/** What shows that work goes on. It writes to stderr only, and nothing where the user asked for quiet. */
export interface Progress {
  /**
   * Says how things stand now. On a terminal one line is rewritten in place, at most ten times a second; elsewhere a plain
   * line appears every few seconds.
   */
  update(text: string): void;
  /** Prints a line that stays. */
  log(line: string): void;
  /** Erases the status line, or prints the last state that was not printed yet. Safe to call twice. */
  end(): void;
}

/** Options of {@linkcode createProgress}. */
export interface ProgressOptions {
  /** Writes to stderr. */
  readonly write: (text: string) => void;
  /** Milliseconds, only ever rising. */
  readonly now: () => number;
  readonly isTerminal: boolean;
  /** The width of the terminal. Asked each time: windows are resized. */
  readonly columns: () => number;
  /** Cuts a text to so many columns. */
  readonly fit: (text: string, columns: number) => string;
}

const REDRAW_MS = 100;
const PLAIN_MS = 5_000;
const ERASE = "\r\x1b[2K";

/** The status line; what else goes to stderr has to pass through {@linkcode StatusLine.aside}. */
export interface StatusLine extends Progress {
  /** Writes text where the status line stands, and puts the line back below. */
  aside(text: string): void;
}

/**
 * Makes the progress of one run.
 *
 * @param options Where to write, the clock, the terminal.
 */
export function createProgress(options: ProgressOptions): StatusLine {
  const interval = options.isTerminal ? REDRAW_MS : PLAIN_MS;
  let latest: string | undefined;
  let shown: string | undefined;
  let shownAt = -Infinity;

  const show = (): void => {
    if (latest === undefined) return;
    shownAt = options.now();
    shown = latest;
    // One column stays free: a full line makes some terminals wrap.
    options.write(options.isTerminal ? ERASE + options.fit(latest, options.columns() - 1) : `${latest}\n`);
  };
  const aside = (text: string): void => {
    const drawn = options.isTerminal && shown !== undefined;
    options.write(drawn ? ERASE + text : text);
    if (drawn) show();
  };

  return {
    aside,
    update(text) {
      latest = text;
      if (text !== shown && options.now() - shownAt >= interval) show();
    },
    log(line) {
      aside(`${line}\n`);
    },
    end() {
      if (options.isTerminal) {
        if (shown !== undefined) options.write(ERASE);
      } else if (latest !== shown) {
        show();
      }
      latest = undefined;
      shown = undefined;
    },
  };
}
