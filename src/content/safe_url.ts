/** Addresses that may be written into a document. */

/** Schemes that run or embed something instead of pointing somewhere. */
const UNSAFE_SCHEMES = new Set([
  "javascript",
  "vbscript",
  "livescript",
  "data",
  "blob",
  "about",
  "view-source",
]);

// deno-lint-ignore no-control-regex -- browsers ignore these inside a scheme, so they have to go first
const IGNORED = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufffe\uffff]/g;

/**
 * The address in a form that is safe to write, or null where it would run code or carry a document inside.
 * Spaces are percent-encoded, control and invisible characters removed.
 */
export function safeUrl(value: string): string | null {
  const url = value.toWellFormed().replace(IGNORED, "").trim().replace(/\s/g, "%20");
  if (url === "") return null;
  const scheme = /^([^/?#:]*):/.exec(url)?.[1];
  if (scheme !== undefined) {
    const name = unescapeScheme(scheme).toLowerCase().replace(/[^a-z0-9+.-]/g, "");
    if (UNSAFE_SCHEMES.has(name)) return null;
  }
  return url;
}

function unescapeScheme(scheme: string): string {
  return scheme.replace(/%([0-9a-f]{2})/gi, (_, hex: string) => String.fromCharCode(parseInt(hex, 16)));
}

/** Percent-decodes what can be decoded and leaves the rest alone. */
export function decodePercent(value: string): string {
  if (!value.includes("%")) return value;
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

/** One segment of a path: readable for letters of any script, encoded where a path or Markdown would trip over it. */
export function encodeSegment(value: string): string {
  // deno-lint-ignore no-control-regex -- control characters have to be encoded too
  return value.replace(/[\u0000-\u0020\u007f-\u00a0"#%&'()*<>?[\\\]^`{|}/]/g, (char) => {
    const hex = char.charCodeAt(0).toString(16).toUpperCase().padStart(2, "0");
    return char.charCodeAt(0) < 0x80 ? `%${hex}` : encodeURIComponent(char);
  });
}
