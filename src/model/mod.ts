/**
 * The words everyone speaks: plain readonly interfaces, no behaviour.
 *
 * @module
 */
export type { Attachment } from "./attachment.ts";
export type { Clock } from "./clock.ts";
export { type Container, CONTAINER_TYPES, type ContainerType } from "./container.ts";
export { type Kind, KINDS, NOUNS, type Subject, USUAL_KINDS } from "./kind.ts";
export type { Label } from "./label.ts";
export { type Body, BODY_FORMATS, type BodyFormat, type Page, type PageId } from "./page.ts";
export type { PageVersion, Version } from "./page.ts";
export type { SearchHit } from "./search_hit.ts";
export type { Space } from "./space.ts";
export type { CurrentUser } from "./user.ts";
