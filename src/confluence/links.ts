/**
 * The one rule for links that Confluence hands out: values that start with `/wiki/` take the root, all others the
 * `/wiki` base, absolute ones must already be there.
 *
 * @module
 */

/** The two places a link can be about: where requests go, and where people go. Both end in `/wiki`. */
export interface Bases {
  /** `https://site.atlassian.net/wiki`: every URL shown to people or written to disk. */
  readonly siteUrl: string;
  /** Where requests go: the site, or `https://api.atlassian.com/ex/confluence/{cloudId}/wiki`. */
  readonly requestBase: string;
}

/**
 * Makes a link of an answer absolute. Applying it twice changes nothing.
 *
 * Source: api.md 5.1.
 *
 * @param base A base that ends in `/wiki`, without a trailing slash.
 * @param value `/wiki/…`, `/spaces/…`, `/rest/…` or an absolute URL.
 * @returns The absolute URL below `base`; null where the value leads to another host, scheme, port or folder.
 */
export function absoluteUrl(base: string, value: string): string | null {
  if (isPlain(value)) return base + value;
  const root = base.slice(0, -"/wiki".length);
  let candidate: string;
  if (/^[a-z][a-z0-9+.-]*:/i.test(value) || value.startsWith("//")) candidate = value;
  else if (/^\/wiki(?:[/?#]|$)/.test(value)) candidate = root + value;
  else candidate = base + (value.startsWith("/") ? value : `/${value}`);
  if (!URL.canParse(candidate, base)) return null;
  const url = new URL(candidate, base);
  return isBelow(url, new URL(base)) ? url.href : null;
}

// Most links need no parsing, which would cost as much as all validation of a row together.
function isPlain(value: string): boolean {
  return /^\/(?!wiki(?:\/|$))[\w~+-][\w~+/%.-]*$/.test(value) && !/\/(?:\.|%2e)/i.test(value);
}

/** Whether a URL points to the same origin and folder, without smuggled credentials. */
export function isBelow(url: URL, base: URL): boolean {
  if (url.origin !== base.origin || url.username !== "" || url.password !== "") return false;
  return url.pathname === base.pathname || url.pathname.startsWith(`${base.pathname}/`);
}

/**
 * Brings a next link to one form, `/wiki/…`, which means the same through the site and the gateway.
 *
 * @param bases Where requests go and what the site is called.
 * @param value The link as Confluence gave it, or as this function returned it before.
 * @returns The relative link; null where it leads to another place.
 */
export function relativeLink(bases: Bases, value: string): string | null {
  const gatewayPath = new URL(bases.requestBase).pathname;
  const isGatewayPath = gatewayPath !== "/wiki" && value.startsWith(`${gatewayPath}/`);
  const local = isGatewayPath ? value.slice(gatewayPath.length - "/wiki".length) : value;
  for (const base of [bases.requestBase, bases.siteUrl]) {
    const url = absoluteUrl(base, local);
    if (url !== null) return `/wiki${url.slice(base.length).split("#", 1)[0]}`;
  }
  return null;
}

/**
 * The page of a space, page or attachment for people.
 *
 * @param siteUrl The site's `/wiki` base.
 * @param webui The link of the answer; anything else than text is ignored.
 * @param fallback A path below the base that always works.
 * @returns An absolute URL on the site.
 */
export function humanUrl(siteUrl: string, webui: string | null | undefined, fallback: string): string {
  const url = webui === null || webui === undefined || webui === "" ? null : absoluteUrl(siteUrl, webui);
  return url ?? siteUrl + fallback;
}

/**
 * The v1 download route, the only one that answers API tokens.
 *
 * Source: `GET /wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download`.
 */
export function downloadUrl(siteUrl: string, containerId: string, attachmentId: string): string {
  const path = `${encodeURIComponent(containerId)}/child/attachment/${encodeURIComponent(attachmentId)}`;
  return `${siteUrl}/rest/api/content/${path}/download`;
}

/** Query parameters in order; absent and null ones are left out, lists repeat the name. */
export type Query = Readonly<Record<string, string | number | readonly string[] | null | undefined>>;

/** Writes a query with everything percent-encoded, spaces as `%20`. */
export function queryString(query: Query): string {
  const pairs: string[] = [];
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === undefined) continue;
    for (const one of typeof value === "object" ? value : [value]) {
      pairs.push(`${encodeURIComponent(name)}=${encodeURIComponent(one)}`);
    }
  }
  return pairs.length === 0 ? "" : `?${pairs.join("&")}`;
}
