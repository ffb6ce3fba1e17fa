/**
 * Help, made from the declarations. Plain text: it is read in terminals, pipes and pagers alike.
 *
 * @module
 */
import type { Command, Option } from "./command.ts";
import { VARIABLES } from "./config.ts";
import { GLOBAL_OPTIONS } from "./global_options.ts";

const NAME = "confluence-index";
const PITCH = "Keeps a complete, versioned copy of Confluence Cloud in one SQLite file, and answers in SQL.";
const EXIT = "0 complete, 1 finished but incomplete, 2 not run, 130 interrupted";
const WIDEST = 100;
const NARROWEST = 40;

/**
 * The help of the whole program.
 *
 * @param commands Every command.
 * @param columns The width there is.
 */
export function programHelp(commands: readonly Command[], columns: number): string {
  const width = usable(columns);
  return [
    ...wrap(PITCH, width),
    "",
    `Usage: ${NAME} COMMAND [OPTIONS]`,
    "",
    "Commands:",
    ...twoColumns(commands.map(({ name, summary }) => [name, summary]), width),
    "",
    "Options of every command:",
    ...optionLines(GLOBAL_OPTIONS, width),
    "",
    "Environment, also read from a file .env in this folder:",
    ...wrap(VARIABLES.join(", "), width - 2).map((line) => `  ${line}`),
    "",
    ...wrap(`Exit codes: ${EXIT}.`, width),
    "",
    `${NAME} COMMAND --help tells more about a command.`,
    "",
  ].join("\n");
}

/**
 * The help of one command.
 *
 * @param command The command.
 * @param columns The width there is.
 */
export function commandHelp(command: Command, columns: number): string {
  const width = usable(columns);
  const { positional } = command;
  const most = positional?.most ?? 1;
  const more = positional === undefined ? "" : most > 2 ? " ..." : ` [${positional.name}]`.repeat(most - 1);
  const argument = positional === undefined
    ? ""
    : `${positional.required ? ` ${positional.name}` : ` [${positional.name}]`}${more}`;
  const options = command.options.filter((option) =>
    !GLOBAL_OPTIONS.some(({ name }) => name === option.name)
  );
  return [
    ...command.description.split("\n\n").flatMap((paragraph) => [...wrap(paragraph, width), ""]),
    `Usage: ${NAME} ${command.name}${argument} [OPTIONS]`,
    "",
    ...(positional === undefined
      ? []
      : ["Argument:", ...twoColumns([[positional.name, positional.summary]], width), ""]),
    "Options:",
    ...optionLines(options, width),
    "",
    "Options of every command:",
    ...optionLines(GLOBAL_OPTIONS, width),
    "",
    "Examples:",
    ...command.examples.flatMap((example) => [`  # ${example.what}`, `  ${example.command}`]),
    "",
    ...wrap(`Exit codes: ${EXIT}.`, width),
    "",
  ].join("\n");
}

function optionLines(options: readonly Option[], width: number): string[] {
  return twoColumns(options.map((option) => [signature(option), explanation(option)]), width);
}

function signature(option: Option): string {
  const short = option.short === undefined ? "    " : `-${option.short}, `;
  const value = option.type === "boolean"
    ? ""
    : ` ${option.value ?? (option.choices === undefined ? "VALUE" : "WHICH")}`;
  return `${short}--${option.name}${value}`;
}

function explanation(option: Option): string {
  const notes = [
    option.choices === undefined ? "" : option.choices.join(" | "),
    option.default === undefined ? "" : `default: ${option.default}`,
    option.env === undefined ? "" : `variable: ${option.env}`,
  ].filter((note) => note !== "");
  return notes.length === 0 ? option.summary : `${option.summary} [${notes.join("; ")}]`;
}

/** Names left, explanations right and wrapped; below each other where the width is small. */
function twoColumns(rows: readonly (readonly [string, string])[], width: number): string[] {
  const left = Math.max(...rows.map(([name]) => name.length)) + 4;
  if (width - left < NARROWEST / 2) {
    return rows.flatMap((
      [name, text],
    ) => [`  ${name}`, ...wrap(text, width - 8).map((line) => `        ${line}`)]);
  }
  return rows.flatMap(([name, text]) =>
    wrap(text, width - left).map((line, i) => (i === 0 ? `  ${name}`.padEnd(left) : " ".repeat(left)) + line)
  );
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && line.length + 1 + word.length > width) {
      lines.push(line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, line];
}

function usable(columns: number): number {
  return Math.max(NARROWEST, Math.min(WIDEST, columns));
}
