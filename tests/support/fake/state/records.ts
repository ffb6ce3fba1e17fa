/** What the site stores. Times are milliseconds; the wire turns them into text. */
import { Ordered, type SortKeys } from "./ordered.ts";

/** Everything that lives in the page tree or beside it. */
export type ContentKind = "page" | "blogpost" | "folder" | "whiteboard" | "database" | "embed";

/** Where a thing is in its life. Purged things are not stored at all. */
export type Status = "current" | "archived" | "trashed" | "draft";

/** A storage body: as text, or made on demand from id and size so that big sites fit in memory. */
export type StorageSource = string | { readonly bytes: number };

/** One published state of a page. */
export interface VersionRecord {
  readonly number: number;
  readonly createdAt: number;
  readonly message: string;
  readonly minorEdit: boolean;
  readonly authorId: string;
  readonly title: string;
  readonly storage: StorageSource;
  /** The ADF document as JSON text; derived from storage where null. */
  readonly adf: string | null;
}

/** A page, blog post, folder, whiteboard, database or embed. */
export class ContentRecord {
  labels: string[] = [];
  /** Account ids that may see it; null means everyone who sees the space. */
  visibleTo: ReadonlySet<string> | null = null;
  subtype: "live" | "page" | null = null;
  ownerId: string;
  embedUrl: string | null = null;

  constructor(
    readonly kind: ContentKind,
    readonly id: string,
    public spaceId: string,
    public title: string,
    public status: Status,
    public parentId: string | null,
    public position: number | null,
    readonly authorId: string,
    readonly createdAt: number,
    readonly versions: VersionRecord[],
  ) {
    this.ownerId = authorId;
  }

  /** The newest version. */
  get version(): VersionRecord {
    return this.versions.at(-1)!;
  }
}

/** One state of an attachment. */
export interface AttachmentVersionRecord {
  readonly number: number;
  readonly createdAt: number;
  readonly message: string;
  readonly minorEdit: boolean;
  readonly authorId: string;
  readonly mediaType: string;
  readonly fileId: string;
  readonly comment: string;
  /** The content, or just how long it is. */
  readonly bytes: Uint8Array<ArrayBuffer> | number;
}

/** A file on a page or blog post. */
export class AttachmentRecord {
  labels: string[] = [];

  constructor(
    readonly id: string,
    public containerId: string,
    public filename: string,
    public status: Status,
    readonly authorId: string,
    readonly createdAt: number,
    readonly versions: AttachmentVersionRecord[],
  ) {}

  get version(): AttachmentVersionRecord {
    return this.versions.at(-1)!;
  }

  get fileSize(): number {
    const { bytes } = this.version;
    return typeof bytes === "number" ? bytes : bytes.length;
  }
}

/** A footer or inline comment, or a reply to one. */
export class CommentRecord {
  /** State of an inline comment's thread. */
  resolution: "open" | "reopened" | "resolved" | "dangling" = "open";

  constructor(
    readonly kind: "footer" | "inline",
    readonly id: string,
    readonly containerId: string,
    readonly parentCommentId: string | null,
    public status: Status,
    readonly authorId: string,
    readonly createdAt: number,
    readonly versions: VersionRecord[],
    readonly markerRef: string,
    readonly selection: string,
  ) {}

  get version(): VersionRecord {
    return this.versions.at(-1)!;
  }
}

/** A person as the user endpoints tell of them. */
export interface UserRecord {
  readonly accountId: string;
  readonly displayName: string;
  readonly publicName: string;
  readonly email: string;
}

/** A label as the label endpoints tell of it. */
export interface LabelRecord {
  readonly id: string;
  readonly name: string;
  readonly prefix: string;
}

/** Orders of pages, blog posts and other content. */
export const CONTENT_KEYS: SortKeys<ContentRecord> = {
  "created-date": (row) => row.createdAt,
  "modified-date": (row) => row.version.createdAt,
  title: (row) => row.title.toLowerCase(),
  "child-position": (row) => row.position ?? Number.MAX_SAFE_INTEGER,
};

/** Orders of attachments and comments. */
export const DATED_KEYS: SortKeys<AttachmentRecord | CommentRecord> = {
  "created-date": (row) => row.createdAt,
  "modified-date": (row) => row.version.createdAt,
};

/** A space with its listings. */
export class SpaceRecord {
  status: "current" | "archived" = "current";
  visibleTo: ReadonlySet<string> | null = null;
  /** Whether the anonymous user sees it, where the site allows that at all. */
  isPublic = false;
  homepageId: string | null = null;
  readonly labels: string[] = [];
  readonly pages = new Ordered<ContentRecord>(CONTENT_KEYS);
  readonly blogposts = new Ordered<ContentRecord>(CONTENT_KEYS);
  /** Titles in use, lower case, to page id: a title is taken by current and archived pages. */
  readonly titles = new Map<string, string>();

  constructor(
    readonly id: string,
    public key: string,
    public name: string,
    readonly type: string,
    readonly description: string,
    readonly authorId: string,
    readonly createdAt: number,
  ) {}
}
