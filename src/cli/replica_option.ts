import type { Option } from "./command.ts";

/** `--replica`, for commands that only read. */
export const REPLICA_OPTION = {
  name: "replica",
  type: "string",
  value: "FILE",
  env: "CONFLUENCE_INDEX_REPLICA",
  summary: "Read through a local copy of the server's index, brought up to date first",
} as const satisfies Option;
