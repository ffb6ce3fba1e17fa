import { type ConfluenceClient, probeScopes } from "../../confluence/mod.ts";
import { type Check, failed, limited, ok } from "./check.ts";

/**
 * What a scoped token may do. Scopes show at the gateway only: a token that works on the site has none and all the rights of
 * its account.
 *
 * @param configured The cloud id in the configuration.
 */
export async function checkScopes(
  client: ConfluenceClient,
  configured: string | null,
  signal: AbortSignal,
): Promise<Check> {
  const name = "scopes";
  if (client.cloudId === null) return ok(name, "the token is not scoped: it may do what its account may do");
  const findings = await probeScopes(client, { signal });
  const missing = findings.filter(({ granted }) => granted === false);
  const through = "requests go through the gateway";
  if (missing.length === 0) {
    const unsure = findings.filter(({ granted }) => granted === null).map(({ scope }) => scope);
    if (unsure.length > 0) {
      return limited(
        name,
        `${through}; no telling whether the token has ${unsure.join(", ")}`,
        "Run doctor again in a minute.",
      );
    }
    return ok(
      name,
      `${through}, the token has every scope in use` +
        (configured === null ? `; CONFLUENCE_CLOUD_ID=${client.cloudId} saves each run two requests` : ""),
    );
  }
  const finding = `${through}; ${
    missing.map(({ scope, feature }) => `without ${scope} ${feature}`).join("; ")
  }`;
  const remedy = `Make a token that also has ${missing.map(({ scope }) => scope).join(", ")}.`;
  return missing.some(({ needed }) => needed)
    ? failed(name, finding, remedy)
    : limited(name, finding, remedy);
}
