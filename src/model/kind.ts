/** What a space is read for besides pages and attachments. */
export type Kind = "labels";

/** Every {@linkcode Kind}. */
export const KINDS: readonly Kind[] = ["labels"];

/** What a space is read for when nobody has chosen. */
export const USUAL_KINDS: readonly Kind[] = ["labels"];
