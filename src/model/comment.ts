import type { Body, Version } from "./page.ts";

/**
 * A comment on a page or blog post, or a reply to one.
 *
 * Source: `GET /wiki/rest/api/content/search` with `type = comment`, `GET /wiki/api/v2/footer-comments/{id}`, `/inline-comments/{id}`.
 */
export interface Comment {
  readonly id: string;
  /** Below the content, or on a part of its text. */
  readonly kind: CommentKind;
  /** `current`, `trashed`, …; unknown values are kept as they come. */
  readonly status: string;
  /** What it is on. */
  readonly containerId: string;
  /** `page` or `blogpost`; unknown values are kept as they come. */
  readonly containerType: string;
  /** The comment it replies to; null where it starts a thread. */
  readonly parentId: string | null;
  /** Of an inline comment: `open`, `resolved`, `reopened` or `dangling`. */
  readonly resolution: string | null;
  /** Of an inline comment: the text it is about, as it was. */
  readonly selection: string | null;
  /** Who wrote the first version. */
  readonly authorId: string | null;
  /** When the first version was made, ISO 8601 UTC. */
  readonly createdAt: string | null;
  readonly version: Version;
  /** Null where it was not asked for. */
  readonly body: Body | null;
  /** Absolute address for people. */
  readonly url: string;
}

/** Where a {@linkcode Comment} stands. */
export type CommentKind = "footer" | "inline";
