import type { Config } from "./config.ts";

const REDACTED = "[redacted]";
/** Shorter texts would be found by chance inside ordinary words. */
const SHORTEST = 4;

/**
 * Makes the last guard before stderr: it takes the configured secrets out of a text, in every form they travel in.
 *
 * @param config Holds the secrets.
 * @returns Cleans a text.
 */
export function redactor(
  config: Pick<Config, "email" | "apiToken" | "databaseToken">,
): (text: string) => string {
  const forms = new Set<string>();
  const { email, apiToken, databaseToken } = config;
  const secrets = [apiToken, databaseToken, ...[apiToken, databaseToken].map(base64)];
  if (email !== null && apiToken !== null) secrets.push(base64(`${email}:${apiToken}`));
  for (const secret of secrets) {
    if (secret === null || secret.length < SHORTEST) continue;
    for (const form of [secret, encodeURIComponent(secret), JSON.stringify(secret).slice(1, -1)]) {
      forms.add(form);
    }
  }
  // Longest first, so that no form is cut out of the middle of another.
  const ordered = [...forms].sort((a, b) => b.length - a.length);
  return (text) => ordered.reduce((clean, form) => clean.replaceAll(form, REDACTED), text);
}

/** As the Authorization header carries credentials. */
function base64(text: string | null): string | null {
  return text === null ? null : btoa(String.fromCharCode(...new TextEncoder().encode(text)));
}
