/**
 * What goes, for people and for programs.
 *
 * @module
 */
import { format as formatBytes } from "@std/fmt/bytes";
import type { PruneCounts } from "../../database/reader.ts";

/** What was done, or would be. */
export interface Outcome {
  readonly removed: boolean;
  readonly complete: boolean;
  readonly counts: PruneCounts;
  /** Files of attachments, and their bytes. */
  readonly files: { readonly n: number; readonly bytes: number };
  /** By how many bytes the database file shrank; null where it was not asked to. */
  readonly saved: number | null;
}

/**
 * One line for each kind of thing that goes.
 *
 * @param runs The folder that has those of the runs.
 */
export function inWords({ removed, counts, files, saved }: Outcome, runs: string): string {
  const lines = [
    line(counts.pageVersions, "past version", "of pages"),
    line(counts.attachmentVersions, "past version", "of attachments"),
    line(counts.pages, "deleted page", "with all versions"),
    line(counts.attachments, "deleted attachment", "with all versions"),
    line(counts.runs, "run", `with ${counts.events} events, and their folders in ${runs}`),
    line(files.n, "file", `of attachments, ${formatBytes(files.bytes)}`),
  ].filter((text) => text !== "");
  const shrunk = saved === null ? "" : `the file is ${formatBytes(saved)} smaller\n`;
  if (lines.length === 0) return `nothing is old enough to go\n${shrunk}`;
  const size = counts.bytes > 0 ? `about ${formatBytes(counts.bytes)} of text\n` : "";
  return `${removed ? "removed" : "would remove"}\n${lines.join("")}${size}${shrunk}`;
}

/** What `--yes` would do about what was only looked at. */
export function whatNext({ counts, files }: Outcome, compact: boolean): string {
  const found = files.n > 0 || Object.values(counts).some((n) => n > 0);
  if (found) return "nothing was removed; with --yes it will be\n";
  return compact ? "the file was not compacted; with --yes it will be\n" : "";
}

function line(n: number, noun: string, rest: string): string {
  return n === 0 ? "" : `  ${n} ${noun}${n === 1 ? "" : "s"} ${rest}\n`;
}

/** The same for programs. */
export function inJson({ removed, complete, counts, files, saved }: Outcome): Record<string, unknown> {
  return {
    removed,
    complete,
    page_versions: counts.pageVersions,
    attachment_versions: counts.attachmentVersions,
    deleted_pages: counts.pages,
    deleted_attachments: counts.attachments,
    runs: counts.runs,
    events: counts.events,
    bytes: counts.bytes,
    files: files.n,
    file_bytes: files.bytes,
    file_shrunk_by: saved,
  };
}
