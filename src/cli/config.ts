/**
 * What the program works with, and where each value came from: flags beat the environment, which beats `.env`, which beats
 * the defaults.
 *
 * @module
 */
import { resolve } from "@std/path";
import { ConfluenceIndexError } from "../errors.ts";
import { camelCase, type Command, type Option } from "./command.ts";
import { readDatabaseUrl } from "./database_url.ts";
import { GLOBAL_OPTIONS } from "./global_options.ts";
import { readOptionValue } from "./option_value.ts";

/** Where a value came from. */
export type Source = "flag" | "environment" | ".env" | "default";

/** The configuration of one run. Never printed as a whole: it holds secrets. */
export interface Config {
  /** The site, as configured: `https://site.atlassian.net/wiki`. */
  readonly baseUrl: string | null;
  readonly email: string | null;
  /** Null also for commands that do not ask Confluence. */
  readonly apiToken: string | null;
  readonly cloudId: string | null;
  readonly gatewayUrl: string | null;
  readonly mediaUrl: string | null;
  readonly bodyFormat: string | null;
  /** `file:…`, `:memory:`, or the URL of a libSQL server, without secrets. */
  readonly databaseUrl: string | null;
  readonly databaseToken: string | null;
  /** How long one answer of a libSQL server may take, in milliseconds. */
  readonly databaseTimeoutMs: number;
  /** The file that a command that only reads keeps as a replica of the server; null without one. */
  readonly replica: string | null;
  readonly outDir: string | null;
  /** The same folder, wherever it is named from. */
  readonly outPath: string | null;
  /** Where each value above came from; what is null has no entry. */
  readonly sources: Readonly<Partial<Record<ConfigKey, Source>>>;
}

/** The names of the values in a {@linkcode Config}. */
export type ConfigKey =
  | "baseUrl"
  | "email"
  | "apiToken"
  | "cloudId"
  | "gatewayUrl"
  | "mediaUrl"
  | "bodyFormat"
  | "databaseUrl"
  | "databaseToken"
  | "outDir";

/** Variables, by name; from the environment or from `.env`. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The environment variables that configure the program. */
export const VARIABLES = [
  "CONFLUENCE_BASE_URL",
  "CONFLUENCE_EMAIL",
  "CONFLUENCE_API_TOKEN",
  "CONFLUENCE_CLOUD_ID",
  "CONFLUENCE_GATEWAY_URL",
  "CONFLUENCE_MEDIA_URL",
  "CONFLUENCE_BODY_FORMAT",
  "CONFLUENCE_INDEX_DB",
  "CONFLUENCE_INDEX_DB_TOKEN",
  "CONFLUENCE_INDEX_DB_TIMEOUT",
  "CONFLUENCE_INDEX_REPLICA",
  "CONFLUENCE_INDEX_QUERIES",
] as const;

type Variable = typeof VARIABLES[number];

interface Found<T> {
  readonly value: T;
  readonly source: Source;
}

/**
 * Puts flags, environment, `.env` and defaults together.
 *
 * @param command What is about to run.
 * @param flags What was typed.
 * @param environment The environment.
 * @param dotEnv What `.env` holds.
 * @returns The configuration, and the command's options with every default filled in.
 * @throws {ConfluenceIndexError} `configuration`, for a variable that cannot be used.
 */
export async function resolveConfig(
  command: Command,
  flags: ReadonlyMap<string, unknown>,
  environment: Variables,
  dotEnv: Variables,
): Promise<{ config: Config; options: Readonly<Record<string, unknown>> }> {
  const options: Record<string, unknown> = {};
  const found = new Map<string, Found<unknown>>();
  for (const option of [...command.options, ...GLOBAL_OPTIONS] as readonly Option[]) {
    const key = camelCase(option.name);
    const value = await resolveOption(option, flags.get(key), environment, dotEnv);
    options[key] = value.value;
    found.set(key, value);
  }

  // A warning of something that then went well would be all that cron has to mail.
  if (options.quiet === true && found.get("logLevel")?.source === "default") options.logLevel = "error";

  const sources: Partial<Record<ConfigKey, Source>> = {};
  const keep = (key: ConfigKey, value: Found<unknown> | undefined): string | null => {
    if (typeof value?.value !== "string") return null;
    sources[key] = value.source;
    return value.value;
  };
  const variable = (key: ConfigKey, name: Variable): string | null =>
    keep(key, readVariable(name, environment, dotEnv));

  const db = found.get("db");
  const place = readDatabaseUrl(String(db?.value), db?.source === "flag" ? "--db" : "CONFLUENCE_INDEX_DB");
  options.db = place.url;
  const replica = replicaOf(options, found.get("replica")?.source, place.kind);
  options.replica = replica ?? undefined;
  const needs = command.needsWith?.(options) ?? command.needs;
  const config: Config = {
    baseUrl: variable("baseUrl", "CONFLUENCE_BASE_URL"),
    email: variable("email", "CONFLUENCE_EMAIL"),
    apiToken: needs.confluence ? variable("apiToken", "CONFLUENCE_API_TOKEN") : null,
    cloudId: variable("cloudId", "CONFLUENCE_CLOUD_ID"),
    gatewayUrl: variable("gatewayUrl", "CONFLUENCE_GATEWAY_URL"),
    mediaUrl: variable("mediaUrl", "CONFLUENCE_MEDIA_URL"),
    bodyFormat: keep("bodyFormat", found.get("bodyFormat")),
    databaseUrl: keep("databaseUrl", { value: place.url, source: db?.source ?? "default" }),
    // A token is for the server it was made for; a file needs none.
    databaseToken: place.kind === "server" ? variable("databaseToken", "CONFLUENCE_INDEX_DB_TOKEN") : null,
    databaseTimeoutMs: Number(options.dbTimeout) * 1000,
    replica,
    outDir: keep("outDir", found.get("out")),
    outPath: found.has("out") ? resolve(String(found.get("out")!.value)) : null,
    sources,
  };
  return { config, options };
}

/** A replica that is configured for all commands is of no use to an index on file, and does no harm. */
function replicaOf(
  { replica }: Readonly<Record<string, unknown>>,
  source: Source | undefined,
  kind: ReturnType<typeof readDatabaseUrl>["kind"],
): string | null {
  if (typeof replica !== "string") return null;
  if (kind === "server") return replica;
  if (source !== "flag") return null;
  throw new ConfluenceIndexError("usage", "Cannot use --replica: the index is not on a server", {
    hint: "Leave it out, or name the server with --db.",
  });
}

async function resolveOption(
  option: Option,
  flag: unknown,
  environment: Variables,
  dotEnv: Variables,
): Promise<Found<unknown>> {
  if (flag !== undefined) return { value: flag, source: "flag" };
  const set = option.env === undefined ? undefined : readVariable(option.env, environment, dotEnv);
  if (set !== undefined) {
    const name = `${option.env}${set.source === ".env" ? " in .env" : ""}`;
    return {
      value: await readOptionValue(option, set.value, { name, code: "configuration" }),
      source: set.source,
    };
  }
  if (option.type === "boolean") return { value: false, source: "default" };
  if (option.repeat === true) return { value: [], source: "default" };
  // What stands in the declaration is written as people write it.
  const written = typeof option.default === "string" &&
    (option.type === "size" || option.type === "duration");
  const value = written
    ? await readOptionValue(option, String(option.default), { name: `--${option.name}`, code: "usage" })
    : option.default;
  return { value, source: "default" };
}

/** A variable that is set to nothing counts as not set. */
function readVariable(name: string, environment: Variables, dotEnv: Variables): Found<string> | undefined {
  const own = environment[name]?.trim();
  if (own !== undefined && own !== "") return { value: own, source: "environment" };
  const filed = dotEnv[name]?.trim();
  return filed === undefined || filed === "" ? undefined : { value: filed, source: ".env" };
}

/**
 * Reads a `.env` file.
 *
 * @param path Where it would be.
 * @returns Its variables; none where there is no such file.
 * @throws {ConfluenceIndexError} `configuration`, when it is there and cannot be read.
 */
export async function readDotEnv(path: string): Promise<Variables> {
  let text: string;
  try {
    text = await Deno.readTextFile(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return {};
    throw new ConfluenceIndexError("configuration", `Cannot read ${path}: ${(error as Error).message}`, {
      hint: "Make it a readable file, or move it away.",
      cause: error,
    });
  }
  const { parseEnv } = await import("node:util");
  return parseEnv(text);
}
