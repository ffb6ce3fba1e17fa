import type { IngestOptions } from "./command.ts";

/** The options that decide what is read. */
export const READING = [
  "space",
  "space-id",
  "all-spaces",
  "since",
  "body-format",
  "full",
  "max-pages",
  "include",
  "exclude",
  "deletions",
  "reconcile",
  "allow-mass-deletion",
] as const;

/** The values of {@linkcode READING}. */
export type ReadingFlags = Pick<
  IngestOptions,
  | "space"
  | "spaceId"
  | "allSpaces"
  | "since"
  | "bodyFormat"
  | "full"
  | "maxPages"
  | "include"
  | "exclude"
  | "deletions"
  | "reconcile"
  | "allowMassDeletion"
>;
