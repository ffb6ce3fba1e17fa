/** A row of `/rest/api/search`: the content inside a frame of display texts. */
import type { Exchange } from "../http/exchange.ts";
import type { IndexDocument } from "../search/documents.ts";
import { SpaceRecord } from "../state/records.ts";
import { contentHit, hitUrl, v1Space } from "./v1.ts";
import { iso } from "./time.ts";

/** The row's own title is escaped and marked for display; hits of spaces have no content. */
export function searchHit(x: Exchange, document: IndexDocument, expand: ReadonlySet<string>) {
  const space = x.state.spacesById.get(document.spaceId);
  const { record } = document;
  const escaped = document.title.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;");
  const excerpt = x.query.get("excerpt") === "none" ? "" : document.text().slice(0, 120);
  return {
    ...(record instanceof SpaceRecord
      ? { space: v1Space(x, record) }
      : { content: contentHit(x, document, expand) }),
    title: escaped.replace(/^(\S+)/, "@@@hl@@@$1@@@endhl@@@"),
    excerpt,
    url: hitUrl(x, document),
    resultGlobalContainer: {
      title: space?.name ?? document.spaceKey,
      displayUrl: `/spaces/${document.spaceKey}`,
    },
    breadcrumbs: [],
    entityType: record instanceof SpaceRecord ? "space" : "content",
    iconCssClass: `aui-icon content-type-${document.type}`,
    lastModified: iso(document.modified),
    friendlyLastModified: iso(document.modified).slice(0, 10),
    score: 0,
  };
}
