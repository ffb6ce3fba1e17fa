import type { ConversionContext } from "./context.ts";
import type { LinkTarget } from "./link_target.ts";
import { decodePercent } from "./safe_url.ts";

const PAGE_PATH =
  /^\/(?:wiki\/)?spaces\/([^/]+)\/(pages|blog)\/(?:\d{4}\/\d{2}\/\d{2}\/|edit-v2\/)?(\d+)(?:\/([^/]*))?\/?$/;
const VIEW_PATH = /^\/(?:wiki\/)?pages\/viewpage\.action$/;
const DISPLAY_PATH = /^\/(?:wiki\/)?display\/([^/]+)\/([^/]+)\/?$/;
const SPACE_PATH = /^\/(?:wiki\/)?spaces\/([^/]+)(?:\/overview)?\/?$/;
const ATTACHMENT_PATH = /^\/(?:wiki\/)?download\/(?:attachments|thumbnails)\/(\d+)\/([^/]+)$/;

/**
 * The target of an address: a page, space or file of this site where it names one, else the address itself.
 * Relative addresses are of this site.
 */
export function targetOfAddress(address: string, context: ConversionContext): LinkTarget {
  const url = address.trim();
  if (url.startsWith("#")) return { kind: "anchor", anchor: url.slice(1), url };
  if (!/\/(?:spaces|pages|display|download)\//.test(url) || url.length > 4096) return { kind: "url", url };
  const site = URL.parse(context.siteUrl ?? "");
  const base = site ?? URL.parse("https://relative.invalid/");
  const parsed = URL.parse(url, base ?? undefined);
  if (!parsed || !base || parsed.host !== base.host) return { kind: "url", url };
  return targetOfPath(parsed, parsed.host === site?.host ? parsed.href : url) ?? { kind: "url", url };
}

function targetOfPath(parsed: URL, url: string): LinkTarget | null {
  const anchor = parsed.hash === "" ? null : decodePercent(parsed.hash.slice(1));
  const page = PAGE_PATH.exec(parsed.pathname);
  if (page) {
    const [, space = "", section, pageId = "", title] = page;
    return {
      kind: section === "blog" ? "blogpost" : "page",
      spaceKey: decodePercent(space),
      title: title ? decodeTitle(title) : null,
      pageId,
      anchor,
      url,
    };
  }
  if (VIEW_PATH.test(parsed.pathname)) {
    const pageId = parsed.searchParams.get("pageId");
    return pageId && /^\d+$/.test(pageId) ? { kind: "page", pageId, anchor, url } : null;
  }
  const display = DISPLAY_PATH.exec(parsed.pathname);
  if (display) {
    const [, space = "", title = ""] = display;
    return { kind: "page", spaceKey: decodePercent(space), title: decodeTitle(title), anchor, url };
  }
  const file = ATTACHMENT_PATH.exec(parsed.pathname);
  if (file) {
    const [, pageId = "", name = ""] = file;
    return { kind: "attachment", filename: decodeTitle(name), container: { kind: "page", pageId }, url };
  }
  const space = SPACE_PATH.exec(parsed.pathname);
  return space ? { kind: "space", spaceKey: decodePercent(space[1] ?? ""), url } : null;
}

function decodeTitle(segment: string): string {
  return decodePercent(segment.replace(/\+/g, " "));
}
