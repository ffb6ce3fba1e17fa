/** Every endpoint of the fake. */
import type { Route } from "../http/router.ts";
import { ATTACHMENT_ROUTES } from "./attachments.ts";
import { PAGE_ROUTES } from "./pages.ts";
import { SEARCH_ROUTES } from "./search.ts";
import { SPACE_ROUTES } from "./spaces.ts";
import { USER_ROUTES } from "./users.ts";

export const ROUTES: readonly Route[] = [
  ...SPACE_ROUTES,
  ...PAGE_ROUTES,
  ...ATTACHMENT_ROUTES,
  ...SEARCH_ROUTES,
  ...USER_ROUTES,
];
