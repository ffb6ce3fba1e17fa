import type { Option, OptionsOf } from "./command.ts";

/** The options that every command takes. */
export const GLOBAL_OPTIONS = [
  {
    name: "db",
    type: "string",
    value: "URL",
    env: "CONFLUENCE_INDEX_DB",
    default: "file:var/confluence.db",
    summary: "The index: a file, or a libSQL server (libsql:, https:, http:)",
  },
  {
    name: "db-timeout",
    type: "number",
    min: 0.1,
    value: "SECONDS",
    env: "CONFLUENCE_INDEX_DB_TIMEOUT",
    default: 60,
    summary: "How long one answer of a libSQL server may take",
  },
  {
    name: "json",
    type: "boolean",
    summary: "Print JSON on stdout, for programs",
  },
  {
    name: "quiet",
    short: "q",
    type: "boolean",
    summary: "No progress, warnings or summary on stderr; errors still show",
  },
  {
    name: "log-level",
    type: "choice",
    choices: ["debug", "info", "warning", "error"],
    default: "warning",
    summary: "How much to log on stderr; debug also shows traces of bugs",
  },
  {
    name: "log-format",
    type: "choice",
    choices: ["text", "json"],
    default: "text",
    summary: "How log lines look",
  },
  {
    name: "no-color",
    type: "boolean",
    summary: "No colors, also when NO_COLOR is set",
  },
  {
    name: "help",
    short: "h",
    type: "boolean",
    summary: "Show help and exit",
  },
  {
    name: "version",
    type: "boolean",
    summary: "Show the version and exit",
  },
] as const satisfies readonly Option[];

/** The values of {@linkcode GLOBAL_OPTIONS} as actions get them. */
export type GlobalOptions = OptionsOf<{ readonly options: typeof GLOBAL_OPTIONS }>;
