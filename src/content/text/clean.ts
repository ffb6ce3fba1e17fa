/** Cleaning of characters: what may stand in prose and in code. Storage and ADF pass every text through here. */

/** Two spaces, or anything but what may stand: every text is looked through, and this form is twice as fast as one that lists what may not. */
const DIRTY_PROSE =
  / {2}|[^ -~\u00a1-\u167f\u1681-\u1fff\u200c-\u2027\u202a-\u202e\u2030-\u205e\u2061-\u2fff\u3001-\ufefe\uff00-\ufffd]/;
// deno-lint-ignore no-control-regex -- finding them is the purpose; \t \n \v \f \r are white space and handled with it
const INVISIBLE = /[\u0000-\u0008\u000e-\u001f\u007f-\u009f\u200b\u2060\ufeff\ufffe\uffff]/g;
// deno-lint-ignore no-control-regex -- as above; tab and newline belong into code
const CONTROL_IN_CODE = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f-\u009f\ufffe\uffff]/g;

/**
 * Text as a browser would show it: white space of any kind as single spaces, nothing invisible, well-formed UTF-16.
 * A space at the start or the end stays.
 */
export function cleanProse(value: string): string {
  if (!DIRTY_PROSE.test(value)) return value.isWellFormed() ? value : value.toWellFormed();
  return value.toWellFormed().replace(INVISIBLE, "").replace(/\s+/g, " ");
}

/** As {@linkcode cleanProse}, without spaces around: for names, titles, parameters. */
export function cleanLine(value: string): string {
  return cleanProse(value).trim();
}

/** Code as it was written, with `\n` as line end; other control characters become U+FFFD. */
export function cleanCode(value: string): string {
  return value.toWellFormed().replace(/\r\n?/g, "\n").replace(CONTROL_IN_CODE, "\ufffd");
}
