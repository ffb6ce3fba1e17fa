import { parseEnv } from "node:util";

/** What to set, by variable; null takes a variable out. */
export type Settings = Readonly<Record<string, string | null>>;

/**
 * Sets variables in the text of a `.env` file and keeps every other line as it is.
 *
 * @param text The file so far.
 * @param settings What to set.
 * @returns The new text; null where the file is written in a way in which other variables would change.
 */
export function setVariables(text: string, settings: Settings): string | null {
  const left = new Map(Object.entries(settings));
  const names = new Set(left.keys());
  const lines = text === "" ? [] : text.replace(/\r?\n$/, "").split(/\r?\n/);
  const kept = lines.flatMap((line) => {
    const name = /^\s*(?:export\s+)?([A-Za-z_]\w*)\s*=/.exec(line)?.[1];
    if (name === undefined || !names.has(name)) return [line];
    // The first line is replaced where it stands; repeated ones would beat it.
    const value = left.get(name) ?? null;
    left.delete(name);
    return value === null ? [] : [assignment(name, value)];
  });
  const added = [...left].flatMap(([name, value]) => value === null ? [] : [assignment(name, value)]);
  const result = [...kept, ...added].map((line) => `${line}\n`).join("");
  return holds(result, text, settings) ? result : null;
}

function assignment(name: string, value: string): string {
  if (/^[\w@.,:/+=~%-]*$/.test(value)) return `${name}=${value}`;
  const quote = ["'", '"', "`"].find((mark) => !value.includes(mark)) ?? "'";
  return `${name}=${quote}${value}${quote}`;
}

/** Whether who reads the new text finds what was set, and all else as before. */
function holds(result: string, before: string, settings: Settings): boolean {
  const [now, old] = [parseEnv(result), parseEnv(before)];
  const others = new Set([...Object.keys(now), ...Object.keys(old)].filter((name) => !(name in settings)));
  return Object.entries(settings).every(([name, value]) => (now[name] ?? null) === value) &&
    [...others].every((name) => now[name] === old[name]);
}
