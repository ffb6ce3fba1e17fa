import type { ConversionContext } from "./context.ts";
import type { BodyLink, LinkKind, LinkUse } from "./parsed_body.ts";
import { decodePercent, encodeSegment, safeUrl } from "./safe_url.ts";
import { cleanLine } from "./text/clean.ts";

/** What a link names, before anything is looked up. The kind says which fields matter. */
export interface LinkTarget {
  readonly kind: LinkKind;
  readonly use?: LinkUse;
  readonly spaceKey?: string | null;
  readonly title?: string | null;
  readonly pageId?: string | null;
  readonly anchor?: string | null;
  readonly filename?: string | null;
  /** Media id of an attachment whose name the body does not tell. */
  readonly fileId?: string | null;
  /** The page that holds an attachment; null is the page itself. */
  readonly container?: LinkTarget | null;
  readonly userId?: string | null;
  /** The address as written, for `url` and for pages that were named by one. */
  readonly url?: string | null;
}

/** Where a target leads, as far as the context knows. */
export interface ResolvedTarget {
  readonly href: string | null;
  readonly resolved: boolean;
  readonly pageId: string | null;
}

const NOWHERE: ResolvedTarget = { href: null, resolved: false, pageId: null };

/**
 * Looks the target up. Pages that nobody knows keep a `confluence:SPACE/Title` address, attachments an
 * `attachments/PAGE/NAME` path, so that the link survives and can be resolved later.
 */
export function resolveTarget(target: LinkTarget, context: ConversionContext): ResolvedTarget {
  switch (target.kind) {
    case "page":
    case "blogpost":
      return resolvePage(target, context);
    case "attachment":
      return resolveAttachment(target, context);
    case "user":
      return {
        href: null,
        resolved: !!target.userId && userName(target.userId, context) !== null,
        pageId: null,
      };
    case "space":
      return resolveSpace(target, context);
    case "issue":
      return resolved(`${origin(context)}/browse/${encodeSegment(target.title ?? "")}`);
    case "anchor":
      return target.anchor ? resolved(`#${encodeAnchor(target.anchor)}`) : NOWHERE;
    case "url":
    case "shortcut":
      return resolved(safeUrl(target.url ?? ""));
  }
}

/** The name to show for a user, or null where nobody knows it. */
export function userName(id: string, context: ConversionContext): string | null {
  const name = cleanLine(context.userName?.(id) ?? "");
  return name === "" ? null : name;
}

/** The public record of a link. */
export function bodyLink(
  target: LinkTarget,
  { href, resolved, pageId }: ResolvedTarget,
  text: string,
  context: ConversionContext,
): BodyLink {
  const named = target.kind === "page" || target.kind === "blogpost" || target.kind === "space";
  return {
    kind: target.kind,
    use: target.use ?? "link",
    text,
    href,
    resolved,
    pageId,
    spaceKey: target.spaceKey ?? (named && !target.pageId ? context.spaceKey ?? null : null),
    title: target.title ?? null,
    anchor: target.anchor ?? null,
    filename: target.filename ?? null,
    userId: target.userId ?? null,
  };
}

function resolved(href: string | null): ResolvedTarget {
  return { href, resolved: href !== null, pageId: null };
}

function resolvePage(target: LinkTarget, context: ConversionContext): ResolvedTarget {
  const suffix = target.anchor ? `#${encodeAnchor(target.anchor)}` : "";
  if (target.pageId) {
    const known = context.resolvePageId?.(target.pageId);
    const href = known?.href ?? target.url ??
      siteUrl(context, `/pages/viewpage.action?pageId=${target.pageId}`) ??
      `confluence:id/${encodeSegment(target.pageId)}`;
    const safe = safeUrl(href);
    return {
      href: safe && known ? safe + suffix : withAnchor(safe, suffix),
      resolved: !!known,
      pageId: target.pageId,
    };
  }
  const spaceKey = target.spaceKey ?? context.spaceKey ?? null;
  const known = !target.title ? null : context.resolvePage?.(spaceKey, target.title);
  const address = known?.href ?? target.url ??
    `confluence:${encodeSegment(spaceKey ?? "")}/${encodeSegment(target.title ?? "")}`;
  return { href: withAnchor(safeUrl(address), suffix), resolved: !!known, pageId: known?.id ?? null };
}

function resolveAttachment(target: LinkTarget, context: ConversionContext): ResolvedTarget {
  if (target.fileId) {
    const known = context.attachmentByFileId?.(target.fileId);
    if (known) return { href: safeUrl(known.href), resolved: true, pageId: null };
  }
  const filename = target.filename ?? target.fileId ?? "";
  const { container } = target;
  const containerId = container
    ? container.pageId ?? resolvePage(container, context).pageId
    : context.pageId ?? null;
  const known = container && containerId === null ? null : context.resolveAttachment?.(containerId, filename);
  if (known) return { href: safeUrl(known.href), resolved: true, pageId: containerId };
  if (target.url) return { href: safeUrl(target.url), resolved: false, pageId: containerId };
  const folder = containerId ?? container?.title ?? null;
  const path = folder === null
    ? encodeSegment(filename)
    : `${encodeSegment(folder)}/${encodeSegment(filename)}`;
  return { href: `attachments/${path}`, resolved: false, pageId: containerId };
}

function resolveSpace(target: LinkTarget, context: ConversionContext): ResolvedTarget {
  const key = encodeSegment(target.spaceKey ?? "");
  const href = siteUrl(context, `/spaces/${key}`);
  return { href: href ?? `confluence:${key}`, resolved: href !== null, pageId: null };
}

function siteUrl(context: ConversionContext, path: string): string | null {
  const base = context.siteUrl === undefined ? null : safeUrl(context.siteUrl);
  return base === null ? null : base.replace(/\/+$/, "") + path;
}

/** Jira lives on the same host, beside `/wiki`. Without a site the address stays relative to the host. */
function origin(context: ConversionContext): string {
  return URL.parse(context.siteUrl ?? "")?.origin ?? "";
}

function withAnchor(href: string | null, suffix: string): string | null {
  return href === null || suffix === "" || href.includes("#") ? href : href + suffix;
}

function encodeAnchor(anchor: string): string {
  return encodeSegment(decodePercent(anchor)).replace(/%28/g, "(").replace(/%29/g, ")");
}
