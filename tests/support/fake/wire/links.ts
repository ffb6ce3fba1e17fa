/** Relative links as the API writes them: api.md sections 3 and 5. */
import type { AttachmentRecord, ContentRecord, SpaceRecord } from "../state/records.ts";

/** Path of a thing for people, relative to `/wiki`. Home pages have no id in theirs. */
export function webui(content: ContentRecord, space: SpaceRecord): string {
  const root = `/spaces/${space.key}`;
  if (space.homepageId === content.id) return `${root}/overview`;
  if (content.kind === "blogpost") {
    const day = new Date(content.createdAt).toISOString().slice(0, 10).replaceAll("-", "/");
    return `${root}/blog/${day}/${content.id}/${titleSlug(content.title)}`;
  }
  if (content.kind === "page") return `${root}/pages/${content.id}/${titleSlug(content.title)}`;
  return `${root}/${content.kind}/${content.id}`;
}

/** A title as the last segment of a path. */
export function titleSlug(title: string): string {
  return encodeURIComponent(title).replaceAll("%20", "+");
}

export function editui(id: string): string {
  return `/pages/resumedraft.action?draftId=${id}`;
}

export function edituiv2(content: ContentRecord, space: SpaceRecord): string {
  return `/spaces/${space.key}/pages/edit-v2/${content.id}`;
}

/** The short link: the id's bytes from the low end, in base64 without filling. */
export function tinyui(id: string): string {
  let bytes = "";
  let rest = Number(id);
  if (Number.isSafeInteger(rest)) {
    for (; rest > 0; rest = Math.floor(rest / 256)) bytes += String.fromCharCode(rest % 256);
  } else {
    for (let big = BigInt(id); big > 0n; big >>= 8n) bytes += String.fromCharCode(Number(big & 255n));
  }
  return `/x/${btoa(bytes).replace(/A*=*$/, "").replaceAll("/", "-").replaceAll("+", "_")}`;
}

/** Where the bytes are, relative to `/wiki`. */
export function downloadPath(attachment: AttachmentRecord): string {
  return `/rest/api/content/${attachment.containerId}/child/attachment/${attachment.id}/download`;
}

/** The preview of a file on its page. */
export function attachmentWebui(attachment: AttachmentRecord, containerId: string): string {
  return `/pages/viewpageattachments.action?pageId=${containerId}&preview=${
    encodeURIComponent(`/${containerId}/${attachment.id.slice(3)}/${attachment.filename}`)
  }`;
}
