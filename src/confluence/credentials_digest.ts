const BYTES = 8;

/**
 * A digest of credentials for one site: the same for the same ones, and no way back to them.
 *
 * @returns Hexadecimal digits of an HMAC with SHA-256, cut short.
 */
export async function digestFor(credentials: string, siteUrl: string): Promise<string> {
  const encode = (text: string) => new TextEncoder().encode(text);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", encode(credentials), hmac, false, ["sign"]);
  const made = new Uint8Array(await crypto.subtle.sign("HMAC", key, encode(siteUrl)));
  return made.slice(0, BYTES).toHex();
}
