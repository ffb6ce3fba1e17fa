import { ConfluenceAuthError, type ConfluenceClient, ConfluenceError } from "../../confluence/mod.ts";
import { type Check, failed, findingOf, ok } from "./check.ts";

const NEW_TOKEN =
  "Make a new token at https://id.atlassian.com/manage-profile/security/api-tokens with this e-mail's account, " +
  "then run confluence-index configure.";

/** Whether the credentials are somebody's. A 200 proves nothing: a wrong token may be taken for an anonymous visitor's. */
export async function checkCredentials(client: ConfluenceClient, signal: AbortSignal): Promise<Check> {
  const name = "credentials";
  try {
    const user = await client.getCurrentUser({ signal });
    if (user.type === "known") {
      return ok(name, `known as ${user.displayName ?? user.accountId ?? "somebody"}`);
    }
    return failed(name, `the site takes them for those of an ${user.type} visitor`, NEW_TOKEN);
  } catch (error) {
    if (!(error instanceof ConfluenceError)) throw error;
    // Only a token that is alive can lack a scope.
    if (error instanceof ConfluenceAuthError && error.reason === "scope") {
      return ok(name, "accepted; the token may not ask whose it is");
    }
    const remedy = error instanceof ConfluenceAuthError && error.reason === "rejected"
      ? NEW_TOKEN
      : error.hint;
    return failed(name, findingOf(error), remedy ?? "Run doctor again in a minute.");
  }
}
