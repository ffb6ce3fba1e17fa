const LOOPBACK = /^(localhost|127(\.\d+){3}|\[::1\])$/;

/** What somebody typed as their site. */
export type SiteAddress =
  | {
    readonly ok: true;
    /** `https://site.atlassian.net/wiki`. */
    readonly url: string;
    /** Whether the host is Atlassian's or this machine: others deserve a second look before they get a token. */
    readonly expected: boolean;
  }
  | {
    readonly ok: false;
    /** Why not, one sentence without a stop. */
    readonly why: string;
  };

/**
 * Finds the site in what people paste: with or without `https://` and `/wiki`, the address of a page, or the bare name of the site.
 *
 * @param text What was typed.
 */
export function readSiteAddress(text: string): SiteAddress {
  const typed = text.trim();
  if (typed === "") return { ok: false, why: "a site is needed" };
  const [, scheme] = /^([a-z][a-z0-9+.-]*):\/\//i.exec(typed) ?? [];
  if (scheme !== undefined && !/^https?$/i.test(scheme)) {
    return { ok: false, why: `${scheme}: is not https:` };
  }
  const address = scheme === undefined ? `https://${typed}` : typed;
  if (/\s/.test(typed) || !URL.canParse(address)) return { ok: false, why: "this is no address of a site" };
  const url = new URL(address);
  if (url.username !== "" || url.password !== "") {
    return { ok: false, why: "it carries a user name or password" };
  }
  const local = LOOPBACK.test(url.hostname);
  if (local) {
    const protocol = scheme === undefined ? "http:" : url.protocol;
    return { ok: true, url: `${protocol}//${url.host}/wiki`, expected: true };
  }
  // Nobody's site is on plain http:; the address was typed from memory.
  const host = url.port === "" || url.protocol === "https:" ? url.host : url.hostname;
  const full = /^[a-z0-9-]+$/.test(host) ? `${host}.atlassian.net` : host;
  return { ok: true, url: `https://${full}/wiki`, expected: full.endsWith(".atlassian.net") };
}
