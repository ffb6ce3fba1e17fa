import type { Version } from "./page.ts";

/**
 * A file that hangs on a page (or blog post), at one version.
 *
 * Sources: `GET /wiki/api/v2/pages/{id}/attachments`; `GET /wiki/rest/api/content/search` with `type = attachment`.
 */
export interface Attachment {
  /** `att` and a number. Stays the same over versions. */
  readonly id: string;
  /** `current`, `archived`, `trashed`; unknown values are kept as they come. */
  readonly status: string;
  /** The name people see. Hostile until proven otherwise: never use it as a path. */
  readonly filename: string;
  /** Id of the page, blog post or custom content that holds it. */
  readonly containerId: string;
  /** `page`, `blogpost` or `custom-content`; unknown values are kept as they come. */
  readonly containerType: string;
  /** MIME type as the uploader gave it. */
  readonly mediaType: string | null;
  /** Bytes. */
  readonly fileSize: number | null;
  /** UUID used by media nodes of `atlas_doc_format`; not the id. */
  readonly fileId: string | null;
  readonly comment: string | null;
  /** When the first version was made, ISO 8601 UTC; null where the API left it out. */
  readonly createdAt: string | null;
  readonly version: Version;
  /** Absolute URL of the v1 download route, which answers API tokens (the UI path does not). */
  readonly downloadUrl: string;
}
