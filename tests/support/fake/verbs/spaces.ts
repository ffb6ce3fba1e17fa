/** What can happen to spaces. */
import { SpaceRecord } from "../state/records.ts";
import { removeContent } from "./lifecycle.ts";
import { addContent } from "./contents.ts";
import {
  needSpace,
  reindexSpace,
  reindexWhole,
  SiteError,
  type TimeLike,
  toMs,
  type VerbContext,
} from "./context.ts";

/** A space to add. */
export interface NewSpace {
  readonly key: string;
  readonly name?: string;
  readonly id?: string;
  /** @default "global" */
  readonly type?: string;
  readonly description?: string;
  readonly authorId?: string;
  readonly createdAt?: TimeLike;
  /** Makes a home page; a space has none when this is left out. */
  readonly homepage?: boolean | { readonly title?: string; readonly body?: string; readonly id?: string };
  /** Whether the anonymous user sees it where the site allows that. */
  readonly isPublic?: boolean;
  readonly labels?: readonly string[];
}

export function addSpace(context: VerbContext, space: NewSpace): SpaceRecord {
  const { state } = context;
  if (state.spacesByKey.has(space.key.toLowerCase())) {
    throw new SiteError("bad_request", `Cannot add space: key ${space.key} is taken`);
  }
  const record = new SpaceRecord(
    space.id ?? state.ids.next(),
    space.key,
    space.name ?? space.key,
    space.type ?? (space.key.startsWith("~") ? "personal" : "global"),
    space.description ?? "",
    space.authorId ?? context.authorId,
    space.createdAt === undefined ? context.clock.now() : toMs(space.createdAt),
  );
  record.isPublic = space.isPublic ?? false;
  record.labels.push(...space.labels ?? []);
  state.addSpace(record);
  if (space.homepage !== undefined && space.homepage !== false) {
    const home = space.homepage === true ? {} : space.homepage;
    const page = addContent(context, {
      kind: "page",
      spaceId: record.id,
      title: home.title ?? `${record.name} Home`,
      body: home.body ?? "",
      createdAt: record.createdAt,
      ...(home.id === undefined ? {} : { id: home.id }),
    });
    record.homepageId = page.id;
  }
  reindexSpace(context, record);
  return record;
}

/** Archives or revives a whole space; its pages keep saying `current`. */
export function setSpaceStatus(
  context: VerbContext,
  idOrKey: string,
  status: SpaceRecord["status"],
): SpaceRecord {
  const space = needSpace(context, idOrKey);
  space.status = status;
  reindexSpace(context, space);
  return space;
}

/** Hides a space from everyone but the named accounts, or shows it to all again with null. */
export function setSpaceVisibility(
  context: VerbContext,
  idOrKey: string,
  visibleTo: readonly string[] | null,
): SpaceRecord {
  const space = needSpace(context, idOrKey);
  if ((space.visibleTo === null) !== (visibleTo === null)) {
    context.state.restricted += visibleTo === null ? -1 : 1;
  }
  space.visibleTo = visibleTo === null ? null : new Set(visibleTo);
  return space;
}

/** Gives a space another key; the search knows it under the old one until it has caught up. */
export function setSpaceKey(context: VerbContext, idOrKey: string, key: string): SpaceRecord {
  const { state } = context;
  const space = needSpace(context, idOrKey);
  if (state.spacesByKey.has(key.toLowerCase())) {
    throw new SiteError("bad_request", `Cannot rename ${space.key}: key ${key} is taken`);
  }
  state.removeSpace(space);
  space.key = key;
  state.addSpace(space);
  reindexSpace(context, space);
  for (const content of state.contents.values()) {
    if (content.spaceId === space.id) reindexWhole(context, content);
  }
  return space;
}

/** Deletes a space with everything in it, for good. */
export function removeSpace(context: VerbContext, idOrKey: string): SpaceRecord {
  const space = setSpaceVisibility(context, idOrKey, null);
  for (const content of [...context.state.contents.values()]) {
    if (content.spaceId === space.id) removeContent(context, content);
  }
  context.state.removeSpace(space);
  reindexSpace(context, space);
  return space;
}
