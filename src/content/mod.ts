/**
 * Body → one tree → Markdown, plain text, chunks. Pure: no network, no files, no clock.
 *
 * @module
 */
export type { ConversionContext } from "./context.ts";
export { CONVERTER_VERSION, parseBody } from "./parse_body.ts";
export type {
  BodyHeading,
  BodyLink,
  BodyProperty,
  ConversionNote,
  LinkKind,
  LinkUse,
  NoteKind,
  ParsedBody,
} from "./parsed_body.ts";
export { type Chunk, type ChunkOptions, toChunks } from "./to_chunks.ts";
export { toMarkdown } from "./to_markdown.ts";
export { toText } from "./to_text.ts";
export { joinWords, partWords, WORD_SPACE } from "./words.ts";
