/**
 * Changes as lines that people read. Columns have fixed widths, so that a feed of any length can be printed as it comes.
 *
 * @module
 */
import type { FeedEntry, Place } from "../../query/mod.ts";
import { printable } from "../printable.ts";
import { cutToWidth, textWidth } from "../text_width.ts";

/** Widths of the columns before the title; a longer text pushes the others to the right. */
const WIDTHS = { at: 16, kind: 8, subject: 10, space: 8, id: 12, version: 5 };
const GAP = "  ";
/** The part of what is left that goes to titles. */
const TITLE_SHARE = 0.4;
const WIDEST_TITLE = 40;

/** The head of the table. */
export function feedHead(columns: number): string {
  return line(
    { at: "when (UTC)", kind: "what", subject: "of", space: "space", id: "id", version: "ver" },
    "title",
    "change",
    columns,
  );
}

/** One change as one line. */
export function feedLine(entry: FeedEntry, columns: number): string {
  const cells = {
    at: entry.at.slice(0, 16).replace("T", " "),
    kind: entry.kind,
    subject: entry.subject,
    space: entry.space_key,
    id: entry.id,
    version: entry.version === null ? "" : `v${entry.version}`,
  };
  return line(cells, entry.title ?? "", describe(entry), columns);
}

/** What changed, in words. */
export function describe(entry: FeedEntry): string {
  const { kind, old, new: now } = entry;
  if (isPlace(now)) return isPlace(old) ? describeMove(old, now) : `to ${placeName(now)}`;
  if (isPlace(old)) return "";
  switch (kind) {
    case "added":
    case "trashed":
    case "gone":
      return "";
    case "updated":
      return isNumber(old) && isNumber(now) ? `v${old} → v${now}` : arrow(old, now);
    case "moved":
      return entry.subject === "page"
        ? `out of the index, to space ${now ?? "unknown"}`
        : `page ${arrow(old, now)}`;
    case "restored":
      return old === null ? "" : `was ${old}`;
    case "labeled":
      return describeLabels(old, now);
    default:
      return arrow(old, now);
  }
}

function describeMove(old: Place, now: Place): string {
  if (old.space_id !== now.space_id || old.parent_id !== now.parent_id) {
    return arrow(placeName(old), placeName(now));
  }
  return `position ${arrow(String(old.position ?? "none"), String(now.position ?? "none"))}`;
}

function describeLabels(old: string | null, now: string | null): string {
  const [before, after]: [string[], string[]] = [JSON.parse(old ?? "[]"), JSON.parse(now ?? "[]")];
  return [
    ...after.filter((label) => !before.includes(label)).map((label) => `+${label}`),
    ...before.filter((label) => !after.includes(label)).map((label) => `-${label}`),
  ].join(" ");
}

function placeName(place: Place): string {
  const parent = place.parent_id === null
    ? "top"
    : place.parent_title ?? `${place.parent_type ?? "page"} ${place.parent_id}`;
  return `${place.space_key} / ${parent}`;
}

function arrow(old: string | null, now: string | null): string {
  if (old === null || now === null) return old ?? now ?? "";
  return `${old} → ${now}`;
}

function isPlace(value: FeedEntry["old"]): value is Place {
  return typeof value === "object" && value !== null;
}

function isNumber(value: string | null): boolean {
  return value !== null && /^\d+$/.test(value);
}

function line(
  cells: Readonly<Record<keyof typeof WIDTHS, string>>,
  title: string,
  change: string,
  columns: number,
): string {
  const front = (Object.keys(WIDTHS) as (keyof typeof WIDTHS)[])
    .map((name) => pad(printable(cells[name]), WIDTHS[name])).join(GAP);
  const room = columns - textWidth(front) - 2 * GAP.length;
  const titleWidth = Number.isFinite(room)
    ? Math.max(10, Math.min(WIDEST_TITLE, Math.floor(room * TITLE_SHARE)))
    : WIDEST_TITLE;
  const shown = pad(cutToWidth(printable(title), Number.isFinite(room) ? titleWidth : Infinity), titleWidth);
  const text = [front, shown, printable(change)].join(GAP).trimEnd();
  return `${cutToWidth(text, columns)}\n`;
}

function pad(text: string, width: number): string {
  return text + " ".repeat(Math.max(0, width - textWidth(text)));
}
