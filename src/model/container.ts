/**
 * What pages may hang under besides pages: a folder, whiteboard, database or embed. None has a body that the API gives.
 *
 * Source: `GET /wiki/api/v2/folders/{id}`, `/whiteboards/{id}`, `/databases/{id}`, `/embeds/{id}`.
 */
export interface Container {
  readonly id: string;
  readonly type: ContainerType;
  /** `current`, `archived`, `trashed`, …; unknown values are kept as they come. */
  readonly status: string;
  readonly title: string;
  readonly spaceId: string | null;
  /** Null at the top of the space. */
  readonly parentId: string | null;
  readonly parentType: string | null;
  readonly position: number | null;
  readonly authorId: string | null;
  /** ISO 8601 UTC. */
  readonly createdAt: string | null;
  /** When its newest version was made, ISO 8601 UTC. */
  readonly updatedAt: string | null;
  /** Absolute address for people. */
  readonly url: string;
}

/** What a {@linkcode Container} can be. */
export type ContainerType = "folder" | "whiteboard" | "database" | "embed";

/** Every {@linkcode ContainerType}. */
export const CONTAINER_TYPES: readonly ContainerType[] = ["folder", "whiteboard", "database", "embed"];
