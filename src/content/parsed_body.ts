import type { Root } from "mdast";

/** What a link points at. */
export type LinkKind =
  | "page"
  | "blogpost"
  | "attachment"
  | "url"
  | "user"
  | "space"
  | "issue"
  | "shortcut"
  | "anchor";

/** How the body uses the target. */
export type LinkUse = "link" | "image" | "include" | "mention";

/** Something a body points at, in the order of the text, one entry for each occurrence. */
export interface BodyLink {
  readonly kind: LinkKind;
  readonly use: LinkUse;
  /** What people read: the link's text, the image's alternative text, the name. */
  readonly text: string;
  /** The address written into the Markdown; null where there is none (a user). */
  readonly href: string | null;
  /** Whether the context knew the target. Addresses of the web count as resolved. */
  readonly resolved: boolean;
  /** Id of the page, for `page` and for the page that holds an `attachment`. */
  readonly pageId: string | null;
  /** Key of the space as written, else of the page itself. */
  readonly spaceKey: string | null;
  /** Title of the page or blog post as written. */
  readonly title: string | null;
  /** The place inside the target, without `#`. */
  readonly anchor: string | null;
  /** Name of the attachment. */
  readonly filename: string | null;
  /** Account id, user key or user name. */
  readonly userId: string | null;
}

/** A heading, in the order of the text. */
export interface BodyHeading {
  /** 1 to 6. */
  readonly depth: 1 | 2 | 3 | 4 | 5 | 6;
  readonly text: string;
}

/** One row of a page properties table. */
export interface BodyProperty {
  readonly key: string;
  readonly value: string;
}

/**
 * What happened to a part of the body.
 *
 * - `approximated`: shown in another form than Confluence shows it
 * - `no_stored_content`: a macro whose output Confluence makes when somebody looks; a comment stands in its place
 * - `fallback`: could not be read as what it claims to be; its text is kept
 * - `dropped`: left out, with nothing visible lost (colours, prompts) or on purpose (scripts, unsafe addresses)
 */
export type NoteKind = "approximated" | "no_stored_content" | "fallback" | "dropped";

/** Says that a macro or node did not come through as it is. Nothing is lost without one. */
export interface ConversionNote {
  readonly kind: NoteKind;
  /** Name of the macro, element, node or mark. */
  readonly name: string;
  /** How often it happened in this body. */
  readonly count: number;
  /** What was done instead; the first one where they differ. */
  readonly detail?: string;
}

/** A body as one tree, whatever format it came in, with everything that was learned on the way. */
export interface ParsedBody {
  /** The content as mdast. Hints for the writers are in `data` (see `tree/hints.ts`). */
  readonly tree: Root;
  readonly notes: readonly ConversionNote[];
  readonly links: readonly BodyLink[];
  readonly headings: readonly BodyHeading[];
  /** Rows of the page properties macros. */
  readonly properties: readonly BodyProperty[];
}
