/** Who is calling, and the exact way to say no: api.md section 8.6. */
import type { Account } from "../options.ts";
import { type Answer, json } from "./answer.ts";
import type { Exchange } from "./exchange.ts";
import { fromBase64 } from "./paginate.ts";
import { tomcat, v1Plain, v2NotFound } from "./problems.ts";
import type { Route } from "./router.ts";

const REJECTED = "com.atlassian.confluence.mvc.rest.common.exception.StacklessResponseStatusException: " +
  '403 FORBIDDEN "Request rejected because caller cannot access Confluence"';

/** v1 routes that refuse with another sentence than the rest. */
const OTHER_REFUSAL = /^\/wiki\/rest\/api\/(search|longtask|audit|template)(\/|$)/;

/** Sets the viewer of an exchange, or gives the answer that refuses it. */
export function authenticate(x: Exchange, route: Route | null): Answer | null {
  const header = x.request.headers.get("authorization");
  const account = header === null ? null : accountOf(x, header);
  if (account !== null && "status" in account) return account;
  if (account === null) {
    if (x.mount === "gateway") return gatewayRefusal(401, "Unauthorized");
    return x.site.settings.anonymousAccess ? null : refusal(x);
  }
  if (account.kind !== "unscoped") {
    if (x.mount === "site") {
      return tomcat(401, "Unauthorized", { "x-failure-category": "FAILURE_CLIENT_AUTH_MISMATCH" });
    }
    if (route?.scopes !== undefined && !isGranted(account, route.scopes)) {
      return gatewayRefusal(401, "Unauthorized; scope does not match", {
        "x-failure-category": "FAILURE_CLIENT_SCOPE_CHECK",
      });
    }
  }
  x.account = account;
  x.viewer = account;
  return null;
}

/** How the site refuses a missing, wrong or revoked credential. */
export function refusal(x: Exchange): Answer {
  if (x.path.startsWith("/wiki/api/v2/")) return v2NotFound();
  if (OTHER_REFUSAL.test(x.path)) {
    return json({ message: "Current user not permitted to use Confluence", statusCode: 403 }, 403, {
      "cache-control": "no-cache, no-store, must-revalidate",
      expires: "Thu, 01 Jan 1970 00:00:00 GMT",
    });
  }
  if (x.path.startsWith("/wiki/rest/")) return v1Plain(403, REJECTED);
  if (x.path.startsWith("/wiki/download/")) return tomcat(401, "Unauthorized", oauthRealm(x));
  const destination = encodeURIComponent(x.url.href);
  return {
    status: 302,
    text: "",
    headers: { location: `${x.url.origin}/login?application=confluence&dest-url=${destination}` },
  };
}

/** The challenge that comes with container-level 401s. */
export function oauthRealm(x: Exchange): Record<string, string> {
  return { "www-authenticate": `OAuth realm="${encodeURIComponent(x.base)}"` };
}

function accountOf(x: Exchange, header: string): Account | Answer | null {
  const [scheme = "", value = ""] = header.trim().split(/\s+/, 2);
  if (scheme.toLowerCase() === "bearer") {
    if (x.mount === "site") return json({ error: "Failed to parse Connect Session Auth Token" }, 403);
    return x.site.accounts.find((one) => one.kind === "oauth" && one.token === value && !one.revoked) ?? null;
  }
  const pair = scheme.toLowerCase() === "basic" ? readPair(value) : null;
  if (pair === null) {
    return x.mount === "gateway"
      ? gatewayRefusal(401, "Unauthorized")
      : tomcat(401, "Unauthorized", oauthRealm(x));
  }
  return x.site.accounts.find((one) =>
    one.kind !== "oauth" && one.email.toLowerCase() === pair.user.toLowerCase() &&
    one.token === pair.password &&
    !one.revoked
  ) ?? null;
}

function readPair(value: string): { user: string; password: string } | null {
  try {
    const text = fromBase64(value);
    const colon = text.indexOf(":");
    return colon < 0 ? null : { user: text.slice(0, colon), password: text.slice(colon + 1) };
  } catch {
    return null;
  }
}

function isGranted(account: Account, scopes: NonNullable<Route["scopes"]>): boolean {
  const has = (scope: string) => account.scopes.includes(scope);
  return scopes.current.every(has) || (scopes.beta !== undefined && scopes.beta.every(has));
}

function gatewayRefusal(status: number, message: string, headers: Record<string, string> = {}): Answer {
  return json({ code: status, message }, status, headers);
}
