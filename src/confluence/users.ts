/**
 * The account that asks, and the site it asks.
 *
 * @module
 */
import { z } from "zod";

import type { CurrentUser } from "../model/mod.ts";
import { ConfluenceResponseError } from "./errors.ts";
import type { Http } from "./http.ts";
import { type CallOptions, getOne, logged } from "./single.ts";
import { rowReader } from "./wire.ts";

const wireUser = z.object({
  type: z.string(),
  accountId: z.string().nullish(),
  displayName: z.string().nullish(),
});

const wireTenant = z.object({ cloudId: z.string().min(1) });

/**
 * Reads who the credentials belong to.
 *
 * Source: `GET /wiki/rest/api/user/current`.
 */
export function fetchCurrentUser(http: Http, options: CallOptions): Promise<CurrentUser> {
  return getOne(http, {
    operation: "read the current user",
    endpoint: "GET /rest/api/user/current",
    link: "/wiki/rest/api/user/current",
    read: rowReader(wireUser, (wire) => ({
      type: wire.type,
      accountId: wire.accountId ?? null,
      displayName: wire.displayName ?? null,
    })),
  }, options);
}

/**
 * Reads the site's cloud id, which the gateway needs. Asks without credentials.
 *
 * Source: `GET /_edge/tenant_info`, undocumented (api.md 8.4).
 */
export function fetchCloudId(http: Http, options: CallOptions): Promise<string> {
  const operation = "read the cloud id of the site";
  return logged(operation, async () => {
    const { json, ...place } = await http.get({
      operation,
      endpoint: "GET /_edge/tenant_info",
      url: `${new URL(http.bases.siteUrl).origin}/_edge/tenant_info`,
      anonymous: true,
      ...options,
    });
    const value = rowReader(wireTenant, (wire) => wire.cloudId)(json, { ...place, path: "" });
    if (value instanceof ConfluenceResponseError) throw value;
    return value;
  });
}
