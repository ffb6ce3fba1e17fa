/**
 * What was typed, checked against the declarations; nothing here reads files or the environment.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import { camelCase, type Command, type Option } from "./command.ts";
import { GLOBAL_OPTIONS } from "./global_options.ts";
import { readOptionValue } from "./option_value.ts";
import { printable } from "./printable.ts";
import { suggest } from "./suggest.ts";

/** What the command line asks for. */
export type Parsed =
  /** Help of one command, or of the program. `asked` is false where nothing was typed at all. */
  | { readonly kind: "help"; readonly command: Command | undefined; readonly asked: boolean }
  | { readonly kind: "version" }
  /** Only what was typed; environment and defaults come later (`config.ts`). */
  | {
    readonly kind: "run";
    readonly command: Command;
    readonly flags: ReadonlyMap<string, unknown>;
    readonly args: readonly string[];
  };

/**
 * Reads a command line.
 *
 * @param argv The arguments after the program's name.
 * @param commands Every command.
 * @throws {ConfluenceIndexError} `usage`, with what was probably meant.
 */
export async function parse(argv: readonly string[], commands: readonly Command[]): Promise<Parsed> {
  if (argv.length === 0) return { kind: "help", command: undefined, asked: false };
  const at = commandPosition(argv);
  const name = argv[at];
  if (name === undefined) {
    const { flags } = await readArguments(argv, undefined);
    return flags.get("version") === true
      ? { kind: "version" }
      : { kind: "help", command: undefined, asked: flags.get("help") === true };
  }
  if (name === "help") {
    const topic = argv.slice(at + 1).find((word) => !word.startsWith("-"));
    const command = topic === undefined ? undefined : await findCommand(topic, commands);
    return { kind: "help", command, asked: true };
  }
  const command = await findCommand(name, commands);
  const { flags, args } = await readArguments([...argv.slice(0, at), ...argv.slice(at + 1)], command);
  if (flags.get("help") === true) return { kind: "help", command, asked: true };
  if (flags.get("version") === true) return { kind: "version" };
  const { positional } = command;
  if (positional === undefined && args.length > 0) {
    throw usage(
      `"${printable(args[0]!)}" is not expected after ${command.name}`,
      await misplaced(args[0]!, command),
    );
  }
  const most = positional?.most ?? 1;
  if (positional !== undefined && args.length > most) {
    throw usage(
      `${command.name} takes ${
        most === 1 ? "one" : `at most ${most}`
      } ${positional.name}, ${args.length} were given`,
      most === 1 ? `Put quotes around the whole ${positional.name}.` : seeHelp(command),
    );
  }
  if (positional?.required === true && args.length === 0) {
    throw usage(`${command.name} needs ${positional.name}`, seeHelp(command));
  }
  return { kind: "run", command, flags, args };
}

/** Where the command stands: the first word that is neither a global option nor its value. */
function commandPosition(argv: readonly string[]): number {
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (!word.startsWith("-")) return i;
    const option = GLOBAL_OPTIONS.find(({ name }) => word === `--${name}`);
    if (option !== undefined && option.type !== "boolean") i++;
  }
  return argv.length;
}

async function findCommand(name: string, commands: readonly Command[]): Promise<Command> {
  const command = commands.find((candidate) => candidate.name === name);
  if (command !== undefined) return command;
  const meant = await suggest(name, ["help", ...commands.map((candidate) => candidate.name)]);
  throw usage(
    `"${printable(name)}" is not a command`,
    meant === undefined
      ? "See confluence-index --help."
      : `Did you mean ${meant}? See confluence-index --help.`,
  );
}

async function readArguments(
  argv: readonly string[],
  command: Command | undefined,
): Promise<{ flags: Map<string, unknown>; args: string[] }> {
  const options: readonly Option[] = [...(command?.options ?? []), ...GLOBAL_OPTIONS];
  const flags = new Map<string, unknown>();
  const args: string[] = [];
  for (let i = 0; i < argv.length; i++) {
    const word = argv[i]!;
    if (word === "--") {
      args.push(...argv.slice(i + 1));
      break;
    }
    // A statement may begin with a comment.
    if (word === "-" || !word.startsWith("-") || /^--\s/.test(word)) {
      args.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const typed = equals < 0 ? word : word.slice(0, equals);
    const option = options.find(({ name, short }) => typed === `--${name}` || typed === `-${short ?? "-"}`);
    if (option === undefined) throw await unknownOption(typed, options, command);
    let text = equals < 0 ? undefined : word.slice(equals + 1);
    if (option.type === "boolean") {
      if (text !== undefined) throw usage(`${typed} takes no value`, `Write ${typed} alone.`);
      flags.set(camelCase(option.name), true);
      continue;
    }
    if (text === undefined) {
      text = argv[i + 1];
      // Most often a forgotten value; a value that really starts so can be joined with =.
      if (text === undefined || /^-[^\d]/.test(text)) {
        throw usage(
          `${typed} needs a value`,
          `Write ${typed} ${placeholder(option)}, or ${typed}=${placeholder(option)}.`,
        );
      }
      i++;
    }
    await setFlag(flags, option, text, typed);
  }
  return { flags, args };
}

async function setFlag(
  flags: Map<string, unknown>,
  option: Option,
  text: string,
  typed: string,
): Promise<void> {
  const key = camelCase(option.name);
  const value = await readOptionValue(option, text, { name: typed, code: "usage" });
  if (option.repeat === true) {
    const before = flags.get(key);
    flags.set(key, [...(Array.isArray(before) ? before : []), ...(Array.isArray(value) ? value : [value])]);
    return;
  }
  if (flags.has(key) && flags.get(key) !== value) {
    throw usage(`${typed} was given twice, with different values`, "Keep one of them.");
  }
  flags.set(key, value);
}

async function unknownOption(
  typed: string,
  options: readonly Option[],
  command: Command | undefined,
): Promise<ConfluenceIndexError> {
  if (/^--?(api-?)?(token|password|secret|key)$/i.test(typed)) {
    return usage(
      `${typed} is not an option, so that no secret stands in the shell history or the list of processes`,
      "Put the API token into CONFLUENCE_API_TOKEN, in the environment or in a file .env in this folder.",
    );
  }
  const names = options.map(({ name }) => `--${name}`);
  const meant = await suggest(typed, names);
  return usage(
    `${printable(typed)} is not an option${command === undefined ? "" : ` of ${command.name}`}`,
    meant === undefined ? seeHelp(command) : `Did you mean ${meant}?`,
  );
}

/** Why a word stands alone: mostly somebody left out the option's name. */
async function misplaced(word: string, command: Command): Promise<string> {
  const meant = await suggest(word, command.options.map(({ name }) => name));
  if (meant !== undefined) return `Did you mean --${meant}?`;
  const space = command.options.some(({ name }) => name === "space");
  return space ? "A space is given as --space KEY." : seeHelp(command);
}

function placeholder(option: Option): string {
  return option.value ?? option.choices?.[0] ?? "VALUE";
}

function seeHelp(command: Command | undefined): string {
  return `See confluence-index ${command === undefined ? "" : `${command.name} `}--help.`;
}

function usage(finding: string, hint: string): ConfluenceIndexError {
  return new ConfluenceIndexError("usage", `Cannot read the command line: ${finding}`, { hint });
}
