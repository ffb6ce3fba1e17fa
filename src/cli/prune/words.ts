/**
 * What goes, for people and for programs.
 *
 * @module
 */
import { format as formatBytes } from "@std/fmt/bytes";
import type { PruneCounts } from "../../database/reader.ts";

/** One line for each kind of thing that goes. */
export function inWords(
  counts: PruneCounts,
  how: { readonly removed: boolean; readonly folder: string; readonly saved: number | null },
): string {
  const lines = [
    line(counts.pageVersions, "past version", "of pages"),
    line(counts.attachmentVersions, "past version", "of attachments"),
    line(counts.pages, "deleted page", "with all versions"),
    line(counts.attachments, "deleted attachment", "with all versions"),
    line(counts.runs, "run", `with ${counts.events} events, and their folders in ${how.folder}`),
  ].filter((text) => text !== "");
  const saved = how.saved === null ? "" : `the file is ${formatBytes(how.saved)} smaller\n`;
  if (lines.length === 0) return `nothing is old enough to go\n${saved}`;
  const size = counts.bytes > 0 ? `about ${formatBytes(counts.bytes)} of text\n` : "";
  return `${how.removed ? "removed" : "would remove"}\n${lines.join("")}${size}${saved}`;
}

function line(n: number, noun: string, rest: string): string {
  return n === 0 ? "" : `  ${n} ${noun}${n === 1 ? "" : "s"} ${rest}\n`;
}

/** The same for programs. */
export function inJson(
  counts: PruneCounts,
  how: { readonly removed: boolean; readonly complete: boolean; readonly saved: number | null },
): Record<string, unknown> {
  return {
    removed: how.removed,
    complete: how.complete,
    page_versions: counts.pageVersions,
    attachment_versions: counts.attachmentVersions,
    deleted_pages: counts.pages,
    deleted_attachments: counts.attachments,
    runs: counts.runs,
    events: counts.events,
    bytes: counts.bytes,
    file_shrunk_by: how.saved,
  };
}
