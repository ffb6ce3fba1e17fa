/**
 * The tree is plain mdast; what mdast has no node for is told in `data`, declared here.
 *
 * @module
 */
import type { LinkTarget, ResolvedTarget } from "../link_target.ts";

/** Names of the five alerts of GitHub Markdown. */
export type AlertKind = "NOTE" | "TIP" | "IMPORTANT" | "WARNING" | "CAUTION";

/**
 * What an `html` node stands for. Every one is made by this project; none comes out of a body. `markdown` is no HTML:
 * it is Markdown that a macro holds, checked to be harmless and written as it is.
 */
export type HtmlRole =
  | "comment"
  | "anchor"
  | "details"
  | "end_details"
  | "sub"
  | "end_sub"
  | "sup"
  | "end_sup"
  | "markdown";

declare module "mdast" {
  interface BlockquoteData {
    /** The quote is an alert of this kind. */
    alert?: AlertKind;
  }
  interface HtmlData {
    role?: HtmlRole;
    /** Text that people see: the title of an expandable section. */
    text?: string;
  }
  interface TextData {
    /** Not for search: an account id in place of a name. */
    unindexed?: boolean;
    /** The user that is mentioned. */
    target?: LinkTarget;
    resolved?: ResolvedTarget;
  }
  interface ImageData {
    target?: LinkTarget;
    resolved?: ResolvedTarget;
    /** The alternative text repeats a caption that stands below. */
    unindexed?: boolean;
  }
  interface LinkData {
    target?: LinkTarget;
    resolved?: ResolvedTarget;
  }
  interface TableCellData {
    /** Repeats the value of a cell above that spans several rows. */
    repeated?: boolean;
    /** Stands where a cell to the left spans several columns. */
    filler?: boolean;
  }
}
