/**
 * How text is parted into words for search, the same way when it is indexed and when it is asked for. A door of its own beside `mod.ts`:
 * whoever only asks need not load the converter.
 *
 * @module
 */

/** Stands between characters that are words of their own; SQLite takes it for a space, and no body has it. */
export const WORD_SPACE = "\u200a";

// Scripts written without spaces, or (Korean) with endings that grow onto words.
const NO_SPACES =
  /[\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\uff66-\uffdc]|[\ud840-\ud88f]/;
const SCRIPTS =
  "[[\\p{L}\\p{N}]&&[\\p{scx=Han}\\p{scx=Hira}\\p{scx=Kana}\\p{scx=Hang}\\p{scx=Thai}\\p{scx=Laoo}\\p{scx=Khmr}\\p{scx=Mymr}\\p{scx=Bopo}]]";
/** One character of such a script with its marks, and whether a letter or digit follows at once. */
const CHARACTER = new RegExp(`(${SCRIPTS}\\p{M}*)(?=[\\p{L}\\p{N}])`, "gv");
const BEFORE = new RegExp(`([[\\p{L}\\p{N}]--${SCRIPTS}]\\p{M}*)(?=${SCRIPTS})`, "gv");
/** Forms of the same letter for other widths, typesetters' ligatures, and Hangul in parts. */
const COMPATIBLE = /[\uff01-\uffdc\ufb00-\ufb06]+|[\u1100-\u11ff]+/g;

/**
 * Text as search has it: every Chinese, Japanese, Korean, Thai, Lao, Khmer or Burmese character is a word of its own, with
 * {@linkcode WORD_SPACE} around it; full-width letters and ligatures are plain ones.
 *
 * @param text Any text.
 * @returns The same text where nothing has to be parted.
 */
export function partWords(text: string): string {
  const plain = COMPATIBLE.test(text) ? text.replace(COMPATIBLE, (some) => some.normalize("NFKC")) : text;
  COMPATIBLE.lastIndex = 0;
  if (!NO_SPACES.test(plain)) return plain;
  return plain.replace(CHARACTER, `$1${WORD_SPACE}`).replace(BEFORE, `$1${WORD_SPACE}`);
}

/** Takes out what {@linkcode partWords} put in. */
export function joinWords(text: string): string {
  return text.replaceAll(WORD_SPACE, "");
}
