/** Every endpoint of the fake. */
import type { Route } from "../http/router.ts";
import { ATTACHMENT_ROUTES } from "./attachments.ts";
import { BLOG_ROUTES } from "./blogposts.ts";
import { COMMENT_ROUTES } from "./comments.ts";
import { LABEL_ROUTES } from "./labels.ts";
import { PAGE_ROUTES } from "./pages.ts";
import { SEARCH_ROUTES } from "./search.ts";
import { SPACE_ROUTES } from "./spaces.ts";
import { TREE_ROUTES } from "./tree.ts";
import { USER_ROUTES } from "./users.ts";
import { V1_CONTENT_ROUTES } from "./v1_content.ts";
import { VERSION_ROUTES } from "./versions.ts";
import { WRITE_ROUTES_V1 } from "./writes_v1.ts";
import { WRITE_ROUTES_V2 } from "./writes_v2.ts";

export const ROUTES: readonly Route[] = [
  ...SPACE_ROUTES,
  ...PAGE_ROUTES,
  ...VERSION_ROUTES,
  ...TREE_ROUTES,
  ...BLOG_ROUTES,
  ...ATTACHMENT_ROUTES,
  ...LABEL_ROUTES,
  ...COMMENT_ROUTES,
  ...SEARCH_ROUTES,
  ...V1_CONTENT_ROUTES,
  ...USER_ROUTES,
  ...WRITE_ROUTES_V2,
  ...WRITE_ROUTES_V1,
];
