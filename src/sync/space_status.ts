/**
 * How the reading of a space ends, put together from its parts.
 *
 * @module
 */
import type { SpaceContext, SpaceStatus } from "./context.ts";

/** Whether comments need no look from this mark on: they were read, or count as unread. */
export function isSettled({ passedOver, readWhole }: SpaceContext, comments: SpaceStatus): boolean {
  return comments !== "incomplete" || passedOver.has("comments") || readWhole.has("comments");
}

/** Of two ends, the one that leaves more to do. */
export function worse(one: SpaceStatus, other: SpaceStatus): SpaceStatus {
  return one === "complete" || other === "incomplete" ? other : one;
}
