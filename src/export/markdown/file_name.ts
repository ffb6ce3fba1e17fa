/**
 * Names for files and folders that work on Linux, macOS and Windows alike, made from titles nobody checked.
 *
 * @module
 */

/** Bytes of UTF-8 in a name, at most, without its ending: with an id behind it, it stays far below any system's 255. */
const MAX_BYTES = 80;

/** Windows opens a device for these, whatever stands behind a first dot. */
const DEVICE = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])$/i;

/**
 * A title as a name: composed Unicode (NFC); what a system forbids, a shell might take for an option or hides becomes `-` or
 * `_`; nothing invisible; at most 80 bytes. Never empty, never with a path separator in it.
 */
export function fileName(title: string): string {
  const visible = title.toWellFormed()
    .replace(/\s/g, " ")
    .replace(/\p{C}+/gu, "")
    .replace(/ +/g, " ")
    .normalize("NFC")
    .replace(/[<>:"/\\|?*]/g, "-")
    // Windows keeps short names such as PROGRA~1 for other files.
    .replace(/(?<=.)~(?=\d)/gu, "-");
  const tamed = trimEnd(visible).replace(/^ /, "").replace(/^[.-][. -]*/, "_");
  const name = trimEnd(truncate(tamed, MAX_BYTES));
  if (name === "") return "_";
  const stem = name.split(".", 1)[0]!.trimEnd();
  return DEVICE.test(stem.normalize("NFKC")) || DEVICE.test(stem) ? `_${name}` : name;
}

/**
 * What two names share when a file system takes them for one: compared without case, and without the ways Unicode has to
 * write the same character.
 */
export function nameKey(name: string): string {
  return name.normalize("NFKC").toUpperCase().toLowerCase().normalize("NFKC");
}

/** Windows drops dots and spaces at the end. */
function trimEnd(name: string): string {
  return name.replace(/[. ]+$/, "");
}

function truncate(name: string, bytes: number): string {
  const encoder = new TextEncoder();
  if (name.length * 3 <= bytes || encoder.encode(name).byteLength <= bytes) return name;
  let kept = "";
  let used = 0;
  // By what people see as one character, so that no letter loses its accent.
  for (const { segment } of new Intl.Segmenter("en").segment(name)) {
    used += encoder.encode(segment).byteLength;
    if (used > bytes) break;
    kept += segment;
  }
  return kept;
}

/** A name as one segment of a relative address in Markdown. */
export function addressSegment(name: string): string {
  return name.replace(/[\s%#?"'()<>[\]{}|\\^`]/g, (char) => {
    const encoded = encodeURIComponent(char);
    return encoded === char ? `%${char.charCodeAt(0).toString(16).toUpperCase()}` : encoded;
  });
}
