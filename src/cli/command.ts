/**
 * What a command is: a declaration (plain data, cheap to load, the source of help and of parsing) and an action
 * (loaded lazily, inside the worker). What the commands are stands in `commands.ts`.
 *
 * @module
 */
import type { Config, Variables } from "./config.ts";
import type { Io } from "./io.ts";

/** What the text after an option must look like, and what an action gets for it. */
export type OptionType =
  /** A switch: true when given, else false. */
  | "boolean"
  /** Any text. */
  | "string"
  /** An id of Confluence, as text: digits. */
  | "id"
  /** A whole number, as a number. */
  | "integer"
  /** A decimal number, as a number. */
  | "number"
  /** A number with its unit, `15m` or `90d`, as milliseconds; {@linkcode Option.min} and `max` are milliseconds too. */
  | "duration"
  /** A number of bytes, with or without a unit: `100MB`. */
  | "size"
  /** A date or a time with a zone, as ISO 8601 UTC with milliseconds. */
  | "time"
  /** One of {@linkcode Option.choices}. */
  | "choice";

/** One `--option`. */
export interface Option {
  /** Without the dashes, in kebab case: `max-pages`. Actions find it in camel case: `maxPages`. */
  readonly name: string;
  /** One letter: `q` for `-q`. */
  readonly short?: string;
  readonly type: OptionType;
  /** What a `choice` may be. */
  readonly choices?: readonly string[];
  /** May be given several times; actions get a list. A `choice` may then be a list with commas too. */
  readonly repeat?: boolean;
  /** What stands for the value in help: `KEY`. */
  readonly value?: string;
  /** Used when nothing was given. */
  readonly default?: string | number;
  /** The smallest number accepted. */
  readonly min?: number;
  /** The greatest number accepted. */
  readonly max?: number;
  /** One line for help, no full stop. */
  readonly summary: string;
  /** The environment variable that sets it too, after the flag and before the default. */
  readonly env?: string;
  /** The value is the path of a file that the action reads, so the worker may read it. */
  readonly reads?: boolean;
  /** The value is the path of a file that the action replaces as a whole, from one beside it that ends in `.new`. */
  readonly writes?: boolean;
}

/** What a command touches; its worker may touch nothing else. */
export interface Needs {
  /** Asks Confluence, so site and credentials must be configured; `if configured`: goes without them. */
  readonly confluence: boolean | "if configured";
  /** `read`: through a connection that cannot write. */
  readonly database: "write" | "read" | "none";
  /** Downloads files, from another host than the site. @default {false} */
  readonly media?: boolean;
  /** Writes below the output folder. */
  readonly out: boolean;
  /** Loads the native libSQL addon: needs `ffi` and some facts about the system. */
  readonly native: boolean;
  /** Writes `.env` in the working folder. @default {false} */
  readonly dotEnv?: boolean;
}

/** What there is before a command starts. */
export interface BeforeStart {
  readonly environment: Variables;
  readonly dotEnv: Variables;
  /** The configuration that these variables make, with what was typed. */
  resolve(environment: Variables, dotEnv: Variables): Promise<Config>;
}

/** What a command starts with: variables, perhaps changed, and what its worker is to know. */
export interface Prepared {
  readonly environment: Variables;
  readonly dotEnv: Variables;
  /** Plain data. */
  readonly notes: Readonly<Record<string, unknown>>;
}

/**
 * Runs in the launcher, before permissions are derived: for questions whose answers decide what the worker may touch, and facts
 * that the worker may not look up. No network, no writing. `src/cli/<name>/prepare.ts` exports it as `prepare`.
 */
export type Prepare = (before: BeforeStart) => Promise<Prepared>;

/** A command, declared. */
export interface Command {
  readonly name: string;
  /** One line for the list of commands, no full stop. */
  readonly summary: string;
  /** A paragraph or two for its own help. */
  readonly description: string;
  /** What may stand without dashes. */
  readonly positional?: {
    readonly name: string;
    readonly required: boolean;
    readonly summary: string;
    /** How many may be given. @default {1} */
    readonly most?: number;
    /** It is a file that the action replaces, from one beside it with `.new` behind its name. */
    readonly writes?: boolean;
  };
  readonly options: readonly Option[];
  readonly examples: readonly { readonly command: string; readonly what: string }[];
  readonly needs: Needs;
  /** What it touches where that depends on its options. @default {() => needs} */
  readonly needsWith?: (options: Readonly<Record<string, unknown>>) => Needs;
  /** Loads what runs in the launcher first. */
  readonly prepare?: () => Promise<{ readonly prepare: Prepare }>;
}

/** Everything an action gets. */
export interface Invocation {
  /** Checked values by camel-case name, the global options among them. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What stood without dashes. */
  readonly args: readonly string[];
  readonly config: Config;
  /** What the command's {@linkcode Prepare} found out. */
  readonly notes: Readonly<Record<string, unknown>>;
  readonly io: Io;
  /** Aborted by Ctrl-C and by SIGTERM, with a `ConfluenceIndexError` of code `interrupted` as reason. */
  readonly signal: AbortSignal;
}

/** Does the work and resolves to the exit code. `src/cli/<name>/action.ts` exports it as `action`. */
export type Action = (invocation: Invocation) => Promise<number>;

type CamelCase<Name extends string> = Name extends `${infer Head}-${infer Tail}`
  ? `${Head}${Capitalize<CamelCase<Tail>>}`
  : Name;

type OneValue<O extends Option> = O["type"] extends "integer" | "number" | "duration" | "size" ? number
  : O extends { readonly choices: readonly (infer Choice)[] } ? Choice
  : string;

type ValueOf<O extends Option> = O["type"] extends "boolean" ? boolean
  : O extends { readonly repeat: true } ? readonly OneValue<O>[]
  : O extends { readonly default: string | number } ? OneValue<O>
  : OneValue<O> | undefined;

/**
 * The type of {@linkcode Invocation.options} for a command declared with `as const satisfies Command`:
 * `const options = invocation.options as OptionsOf<typeof command>`.
 */
export type OptionsOf<C extends { readonly options: readonly Option[] }> = {
  readonly [O in C["options"][number] as CamelCase<O["name"]>]: ValueOf<O>;
};

/** `max-pages` → `maxPages`. */
export function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}
