import { ConfluenceIndexError } from "../errors.ts";
import type { Config } from "./config.ts";

/** The public gateway, which answers scoped tokens. Source: api.md, "Base URLs". */
export const DEFAULT_GATEWAY = "https://api.atlassian.com";

/** Where the files of attachments come from. Source: api.md 5.3. */
const DEFAULT_MEDIA = "https://api.media.atlassian.com";

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/**
 * Checks that Confluence can be asked with this configuration, without asking it.
 *
 * @param config The configuration.
 * @param media Whether files are downloaded too.
 * @returns The hosts, with ports, that may be asked.
 * @throws {ConfluenceIndexError} `configuration`, naming all that is missing at once.
 */
export function requireSite(config: Config, media = false): readonly string[] {
  const missing = [
    config.baseUrl === null ? "CONFLUENCE_BASE_URL" : "",
    config.email === null ? "CONFLUENCE_EMAIL" : "",
    config.apiToken === null ? "CONFLUENCE_API_TOKEN" : "",
  ].filter((name) => name !== "");
  if (missing.length > 0) {
    const names = missing.length < 2
      ? missing.join("")
      : `${missing.slice(0, -1).join(", ")} and ${missing.at(-1)}`;
    throw new ConfluenceIndexError(
      "configuration",
      `Cannot ask Confluence: ${names} ${missing.length < 2 ? "is" : "are"} not set`,
      {
        hint:
          "Run confluence-index configure, or set the site (https://your-site.atlassian.net/wiki), your e-mail address and an API token " +
          "(made at https://id.atlassian.com/manage-profile/security/api-tokens) in the environment or in a file .env " +
          "in this folder.",
      },
    );
  }
  const hosts = [hostOf(config.baseUrl!, "CONFLUENCE_BASE_URL")];
  // Whether a token is scoped shows only when the site refuses it; from then on all goes through the gateway.
  const onThisMachine = LOOPBACK.test(new URL(config.baseUrl!).hostname);
  if (config.cloudId !== null || config.gatewayUrl !== null || !onThisMachine) {
    hosts.push(hostOf(config.gatewayUrl ?? DEFAULT_GATEWAY, "CONFLUENCE_GATEWAY_URL"));
  }
  if (media && (config.mediaUrl !== null || !onThisMachine)) {
    hosts.push(hostOf(config.mediaUrl ?? DEFAULT_MEDIA, "CONFLUENCE_MEDIA_URL"));
  }
  return hosts;
}

function hostOf(text: string, name: string): string {
  const hint = "Write it like https://your-site.atlassian.net/wiki.";
  const refuse = (finding: string): ConfluenceIndexError =>
    new ConfluenceIndexError("configuration", `Cannot use ${name}: ${finding}`, { hint });
  // The text is not repeated: it may hold a password.
  if (!URL.canParse(text)) throw refuse("it is not a URL");
  const url = new URL(text);
  if (url.protocol !== "https:" && url.protocol !== "http:") throw refuse(`${url.protocol} is not https:`);
  if (url.username !== "" || url.password !== "") throw refuse("it carries a user name or password");
  if (url.protocol === "http:" && !LOOPBACK.test(url.hostname)) {
    throw refuse("plain http: would send the token in the clear");
  }
  return `${url.hostname}:${url.port || (url.protocol === "https:" ? "443" : "80")}`;
}
