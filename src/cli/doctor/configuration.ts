import { ConfluenceIndexError } from "../../errors.ts";
import type { Config, ConfigKey } from "../config.ts";
import { requireSite } from "../site.ts";
import { type Check, failed, limited, ok } from "./check.ts";

/** How each value is called, and what of it may be shown. */
const VALUES: readonly { key: ConfigKey; name: string; secret?: boolean }[] = [
  { key: "baseUrl", name: "site" },
  { key: "email", name: "e-mail" },
  { key: "apiToken", name: "API token", secret: true },
  { key: "cloudId", name: "cloud id" },
  { key: "gatewayUrl", name: "gateway" },
  { key: "bodyFormat", name: "body format" },
  { key: "databaseUrl", name: "index" },
  { key: "databaseToken", name: "index token", secret: true },
];

/**
 * Whether site and credentials are set, and where each value came from.
 *
 * @param config The configuration.
 * @param dotEnvMode The permission bits of `.env`; null where there is none or the system has no such bits.
 */
export function checkConfiguration(config: Config, dotEnvMode: number | null): Check {
  const name = "configuration";
  const found = VALUES.flatMap(({ key, name, secret }) => {
    const source = config.sources[key];
    // A URL that is refused below may hold a password.
    const shown = secret === true
      ? "set"
      : key === "baseUrl" || key === "gatewayUrl"
      ? origin(config[key])
      : config[key];
    return source === undefined ? [] : [`${name} ${shown} (${source})`];
  }).join(", ");
  try {
    requireSite(config);
  } catch (error) {
    if (!(error instanceof ConfluenceIndexError)) throw error;
    return failed(name, `${error.message}; ${found}`, error.hint ?? "Run confluence-index configure.");
  }
  if (dotEnvMode !== null && (dotEnvMode & 0o077) !== 0) {
    return limited(name, `${found}; others on this machine can read .env`, "Run chmod 600 .env.");
  }
  return ok(name, found);
}

function origin(text: string | null): string {
  if (text === null || !URL.canParse(text)) return "set";
  const { origin, pathname } = new URL(text);
  return origin + pathname.replace(/\/+$/, "");
}
