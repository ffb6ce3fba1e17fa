/**
 * What all wire schemas share: ids, times, versions, and reading one row at a time.
 *
 * @module
 */
import { z } from "zod";

import type { Version } from "../model/mod.ts";
import { type ConfluenceErrorDetails, ConfluenceResponseError, withTrace } from "./errors.ts";
import { isPathId } from "./path_id.ts";

/** An id: text, or a number small enough to have survived JSON. */
export const wireId: z.ZodType<string | number> = z.custom<string | number>(
  (value) => typeof value === "string" ? /^[\w-]+$/.test(value) : Number.isSafeInteger(value),
  { error: "expected an id" },
);

/** A time as API v1 and v2 write it: ISO 8601 with `Z` or an offset. */
export const wireTime: z.ZodType<string> = z.custom<string>(
  (value) => typeof value === "string" && TIME.test(value) && !Number.isNaN(Date.parse(value)),
  { error: "expected a time such as 2026-01-02T03:04:05.678Z" },
);

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)$/;

const CANONICAL = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

/** A number of a version. */
export const wireVersionNumber: z.ZodType<number> = z.int().min(1);

/** A number that nothing depends on; null where it is too large for the tables to give it back. */
export const wireNumber = z.number().nullish()
  .transform((value) =>
    typeof value === "number" && Math.abs(value) > Number.MAX_SAFE_INTEGER ? null : value
  );

/** A version of API v2. */
export const wireVersion = z.object({
  number: wireVersionNumber,
  createdAt: wireTime,
  message: z.string().nullish(),
  minorEdit: z.boolean().nullish(),
  authorId: z.string().nullish(),
});

/** Brings a time to ISO 8601 UTC with milliseconds. */
export function utc(time: string): string {
  if (CANONICAL.test(time)) return time;
  return new Date(time).toISOString();
}

/** The model's form of a v2 version. */
export function toVersion(wire: z.infer<typeof wireVersion>): Version {
  return {
    number: wire.number,
    createdAt: utc(wire.createdAt),
    message: wire.message ?? "",
    minorEdit: wire.minorEdit ?? false,
    authorId: wire.authorId ?? null,
  };
}

/** Where a row stands, for errors. */
export interface RowPlace {
  readonly details: ConfluenceErrorDetails;
  /** Such as `results[3]`; empty for a single object. */
  readonly path: string;
  /** Makes remote text fit to be shown. */
  readonly clean: (text: string) => string;
  /** When it was asked for, by the local clock, ISO 8601 UTC. */
  readonly askedAt: string;
}

/** Turns one row of an answer into an object of the model. */
export type RowReader<T> = (row: unknown, place: RowPlace) => T | ConfluenceResponseError;

/**
 * Makes a reader from a schema and a mapping.
 *
 * @param schema What the row must look like; more fields are fine.
 * @param map From the wire to the model.
 * @returns A reader that gives back, never throws, the error of an unusable row.
 */
export function rowReader<W, T>(schema: z.ZodType<W>, map: (wire: W, place: RowPlace) => T): RowReader<T> {
  return (row, place) => {
    const parsed = schema.safeParse(row);
    if (parsed.success) return map(parsed.data, place);
    const issue = parsed.error.issues[0];
    const path = issue === undefined ? "" : issue.path.map(String).join(".");
    const message = issue?.message.replace(/^Invalid input: /, "") ?? "unexpected shape";
    return rowError(row, place, path, message);
  };
}

/** The error of a row that cannot be used. */
export function rowError(
  row: unknown,
  place: RowPlace,
  field: string,
  message: string,
): ConfluenceResponseError {
  const path = [place.path, field].filter((part) => part !== "").join(".");
  const id = idOf(row);
  const objectId = id === undefined ? undefined : place.clean(id).slice(0, 40);
  const about = objectId === undefined ? "" : ` of ${objectId}`;
  return new ConfluenceResponseError("shape", `${path === "" ? "the answer" : path}${about}: ${message}`, {
    ...place.details,
    path,
    objectId,
    hint: `If the page looks right in Confluence, report this${withTrace(place.details)}.`,
  });
}

function idOf(row: unknown): string | undefined {
  if (typeof row !== "object" || row === null || !("id" in row)) return undefined;
  const { id } = row;
  if (typeof id !== "string" && typeof id !== "number") return undefined;
  // By anything else nobody could ask for it again.
  return isPathId(String(id)) ? String(id) : undefined;
}
