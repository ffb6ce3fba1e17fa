/** What a space is read for besides pages and attachments. */
export type Kind = "labels" | "blogposts";

/** Every {@linkcode Kind}. */
export const KINDS: readonly Kind[] = ["labels", "blogposts"];

/** What a space is read for when nobody has chosen. */
export const USUAL_KINDS: readonly Kind[] = ["labels"];

/** What has a title, a body and versions. A blog post is a page that hangs nowhere. */
export type Subject = "page" | "blogpost";

/** The words for people. */
export const NOUNS: Readonly<Record<Subject, string>> = { page: "page", blogpost: "blog post" };
