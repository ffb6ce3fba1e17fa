import { addressSegment } from "./file_name.ts";

/**
 * The address of one exported file as seen from another.
 *
 * @param from Path of the file that holds the link, relative to the export.
 * @param to Path of the file it leads to.
 */
export function relativeLink(from: string, to: string): string {
  const here = from.split("/");
  const there = to.split("/");
  here.pop();
  let shared = 0;
  while (shared < here.length && shared < there.length - 1 && here[shared] === there[shared]) shared++;
  const up = Array.from({ length: here.length - shared }, () => "..");
  return [...up, ...there.slice(shared).map(addressSegment)].join("/");
}
