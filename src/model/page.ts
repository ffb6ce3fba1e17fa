/** The two body formats that lists can carry. `storage` is XHTML, `atlas_doc_format` a JSON document as text. */
export type BodyFormat = "storage" | "atlas_doc_format";

/** Every {@linkcode BodyFormat}, for checks and help. */
export const BODY_FORMATS: readonly BodyFormat[] = ["storage", "atlas_doc_format"];

/** One published state of a page or attachment. Numbers start at 1 and only rise. */
export interface Version {
  readonly number: number;
  /** When this version was made, ISO 8601 UTC. */
  readonly createdAt: string;
  /** The author's note; empty where there is none. */
  readonly message: string;
  readonly minorEdit: boolean;
  /** Account id of who made this version; null where the API left it out. */
  readonly authorId: string | null;
}

/** A page's raw content, exactly as the API gave it. */
export interface Body {
  readonly format: BodyFormat;
  readonly value: string;
}

/**
 * A Confluence page at one version.
 *
 * Source: `GET /wiki/api/v2/pages`, `GET /wiki/api/v2/spaces/{id}/pages`, `GET /wiki/api/v2/pages/{id}`.
 */
export interface Page {
  /** Numeric id as text; it may exceed 2^53. */
  readonly id: string;
  /** `current`, `archived`, `trashed`, …; unknown values are kept as they come. */
  readonly status: string;
  readonly title: string;
  readonly spaceId: string;
  /** Id of what it hangs under; null for a top-level page and for everything in the trash. */
  readonly parentId: string | null;
  /** `page`, `folder`, `whiteboard`, `database`, `embed`; unknown values are kept as they come. */
  readonly parentType: string | null;
  /** Order among siblings; null where the API has none. */
  readonly position: number | null;
  /** Account id of who made the page. */
  readonly authorId: string | null;
  readonly ownerId: string | null;
  /** `live` for live docs, else null or `page`. */
  readonly subtype: string | null;
  /** When the page was made, ISO 8601 UTC. */
  readonly createdAt: string;
  readonly version: Version;
  /** Null where the request did not ask for it. */
  readonly body: Body | null;
  /** Absolute URL for people, on the site, never on the gateway. */
  readonly url: string;
  /** When it was asked for, by the local clock, ISO 8601 UTC: it is no older than that. */
  readonly askedAt: string;
}

/**
 * One version of a page as its history tells of it: where the page was then is not in it.
 *
 * Source: `GET /wiki/api/v2/pages/{id}/versions`.
 */
export interface PageVersion {
  readonly pageId: string;
  /** The title the page had then. */
  readonly title: string;
  readonly version: Version;
  /** Null where the request did not ask for it. */
  readonly body: Body | null;
}

/** What the cheap listing tells of a page: enough to see what is new, changed or gone. */
export interface PageId {
  readonly id: string;
  readonly version: number;
}
