/**
 * Making text from elsewhere fit to be shown: secrets out, terminal control out, length bounded.
 *
 * @module
 */

/** What stands where a secret stood. */
export const REDACTED = "[redacted]";

const MAX_REMOTE_TEXT = 300;
// Controls move cursors and recolour terminals; bidirectional marks reorder what people read.
// deno-lint-ignore no-control-regex -- control characters are what is looked for
const UNSAFE = /[\u0000-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]+/g;
const SECRET_PARAMETER =
  /token|secret|signature|password|passwd|credential|api[-_]?key|^key$|^sig$|jwt|auth|^code$/i;

/**
 * Replaces every occurrence of the secrets, plain and percent-encoded.
 *
 * @param text The text to clean.
 * @param secrets What must not be in it; empty ones are ignored.
 * @returns The text with {@linkcode REDACTED} in their places.
 */
export function redact(text: string, secrets: readonly string[]): string {
  let clean = text;
  for (const secret of secrets) {
    if (secret === "") continue;
    clean = clean.replaceAll(secret, REDACTED);
    const encoded = encodeURIComponent(secret);
    if (encoded !== secret) clean = clean.replaceAll(encoded, REDACTED);
  }
  return clean;
}

/**
 * Makes remote text safe for messages and logs: no secrets, no control characters, at most 300 characters.
 *
 * @param text What the server said.
 * @param secrets What must not be in it.
 * @returns One line of text.
 */
export function remoteText(text: string, secrets: readonly string[] = []): string {
  // Cutting before redacting could leave half a secret that no longer matches.
  const clean = redact(text, secrets).replace(UNSAFE, " ").trim();
  return clean.length > MAX_REMOTE_TEXT ? `${clean.slice(0, MAX_REMOTE_TEXT)}…` : clean;
}

/**
 * A URL fit for messages: no user name or password, no fragment, secret-looking query values replaced.
 *
 * @param url The URL that was asked.
 * @param secrets What must not be in it.
 * @returns The URL as text.
 */
export function redactUrl(url: string, secrets: readonly string[] = []): string {
  const text = redact(url, secrets);
  if (!URL.canParse(text)) return remoteText(text);
  const parsed = new URL(text);
  parsed.username = "";
  parsed.password = "";
  parsed.hash = "";
  if (parsed.search !== "") {
    parsed.search = parsed.search.slice(1).split("&").map((pair) => {
      const name = pair.split("=", 1)[0] ?? "";
      return SECRET_PARAMETER.test(name) ? `${name}=${REDACTED}` : pair;
    }).join("&");
  }
  return parsed.href;
}
