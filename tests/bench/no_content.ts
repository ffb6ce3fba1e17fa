/** Takes the place of `src/content/mod.ts` where an ingest is measured that makes no text. */
export const CONVERTER_VERSION = "none";

/** Nothing was read. */
export function parseBody(): { readonly notes: readonly never[]; readonly links: readonly never[] } {
  return { notes: [], links: [] };
}

/** No text. */
export function toText(): string {
  return "";
}

/** The words as they are. */
export function partWords(text: string): string {
  return text;
}
