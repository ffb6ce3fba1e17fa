import { getLogger, type Logger } from "@logtape/logtape";

/** Where this folder's log records go. */
export const log: Logger = getLogger(["confluence-index", "confluence"]);
