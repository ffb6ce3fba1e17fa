import { createHmac } from "node:crypto";

const DIGITS = 16;

/**
 * A digest of credentials for one site: the same for the same ones, and no way back to them.
 *
 * @returns Hexadecimal digits of an HMAC with SHA-256, cut short.
 */
export function digestFor(credentials: string, siteUrl: string): string {
  return createHmac("sha256", credentials).update(siteUrl).digest("hex").slice(0, DIGITS);
}
