/** Elements nested deeper become siblings: real pages stay under 40, and a stack has to hold the rest. */
export const MAX_ELEMENT_DEPTH = 128;

/** After so many elements tags are ignored and only their text is kept; a real page of 5 MB has some 150,000. */
export const MAX_ELEMENTS = 400_000;

/** Columns one cell may span. */
export const MAX_COLUMN_SPAN = 200;

/** Characters of macro parameters shown in a comment. */
export const MAX_PARAMETER_COMMENT = 400;

/** Different notes kept for one body; the rest is counted together. */
export const MAX_NOTES = 200;

/** Characters that a diagram packed into a macro may unpack to, over the whole body. */
export const MAX_UNPACKED = 1_000_000;

/** Characters that repeated cells and column fillers may add: a quarter million, and as much as the body is long. */
export function repeatAllowance(bodyLength: number): number {
  return 250_000 + bodyLength;
}

/**
 * How deep quotes, lists and alerts may nest in the output. Each level prefixes every line inside, so a long hostile
 * body gets fewer levels: the output stays in proportion to the input.
 */
export function containerDepth(body: string): number {
  if (body.length < 250_000) return 32;
  let lines = 0;
  for (let i = 0; i < body.length; i++) {
    const code = body.charCodeAt(i);
    if (code === 0x3c || code === 0x0a || code === 0x7b) lines++;
  }
  return Math.max(6, Math.min(32, Math.floor(10_000_000 / lines)));
}
