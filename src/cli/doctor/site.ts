import { type ConfluenceClient, ConfluenceError } from "../../confluence/mod.ts";
import { type Check, failed, findingOf, ok } from "./check.ts";

/**
 * Whether the site is Confluence Cloud: it knows its own cloud id.
 *
 * @param configured The cloud id in the configuration.
 */
export async function checkSite(
  client: ConfluenceClient,
  configured: string | null,
  signal: AbortSignal,
): Promise<Check> {
  const name = "site";
  let cloudId: string;
  try {
    cloudId = await client.getCloudId({ signal });
  } catch (error) {
    if (!(error instanceof ConfluenceError)) throw error;
    if (error.status === undefined) {
      return failed(name, findingOf(error), error.hint ?? "Check the network and any proxy.");
    }
    return failed(
      name,
      `${client.siteUrl} is no Confluence Cloud site: ${findingOf(error)}`,
      "Set CONFLUENCE_BASE_URL to the address people use, like https://your-site.atlassian.net/wiki. Confluence Data Center is " +
        "not supported.",
    );
  }
  if (configured !== null && configured !== cloudId) {
    return failed(
      name,
      `Confluence Cloud with the cloud id ${cloudId}, but CONFLUENCE_CLOUD_ID is another site's`,
      `Set CONFLUENCE_CLOUD_ID=${cloudId}, or leave it out.`,
    );
  }
  return ok(name, `Confluence Cloud, cloud id ${cloudId}`);
}
