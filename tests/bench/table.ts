/** A table on the terminal, and the few numbers that go into it. */

/** One line: what was measured, against what, and what was aimed at. */
export interface Measurement {
  readonly what: string;
  readonly measured: string;
  readonly against: string;
  readonly ratio: number;
  /** The most that the ratio may be; null where it is only worth knowing. */
  readonly aim: number | null;
}

const HEADINGS = ["", "measured", "against", "ratio", "aim", ""];

/** Lays measurements out in columns, under a title. */
export function table(title: string, measurements: readonly Measurement[]): string {
  const rows = measurements.map(({ what, measured, against, ratio, aim }) => [
    what,
    measured,
    against,
    ratio.toFixed(2),
    aim === null ? "" : `≤ ${aim}`,
    aim === null ? "" : ratio <= aim ? "ok" : "OVER",
  ]);
  const all = [HEADINGS, ...rows];
  const widths = HEADINGS.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  const lines = all.map((row) =>
    row.map((cell, column) => column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))
      .join("  ").trimEnd()
  );
  return `${title}\n${lines.map((line) => `  ${line}`).join("\n")}\n`;
}

/** Writes to the terminal. */
export async function print(text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

/** The middle one. */
export function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

/** Milliseconds in words. */
export function ms(value: number): string {
  return `${value.toFixed(0)} ms`;
}
