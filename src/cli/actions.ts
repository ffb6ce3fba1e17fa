import type { Action } from "./command.ts";

/**
 * Where each command's action is, loaded when it is called. Only the worker imports this: actions load the database, the
 * schemas and all else.
 */
export const ACTIONS: Readonly<Record<string, () => Promise<{ readonly action: Action }>>> = {
  query: () => import("./query/action.ts"),
  ingest: () => import("./ingest/action.ts"),
  export: () => import("./export/action.ts"),
  run: () => import("./run/action.ts"),
  reconvert: () => import("./reconvert/action.ts"),
  search: () => import("./search/action.ts"),
  status: () => import("./status/action.ts"),
  diff: () => import("./diff/action.ts"),
  configure: () => import("./configure/action.ts"),
  backup: () => import("./backup/action.ts"),
  prune: () => import("./prune/action.ts"),
  doctor: () => import("./doctor/action.ts"),
  plan: () => import("./plan/action.ts"),
};
