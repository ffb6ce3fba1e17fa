import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands.ts";
import { VARIABLES } from "../../src/cli/config.ts";
import { GLOBAL_OPTIONS } from "../../src/cli/global_options.ts";
import { commandHelp, programHelp } from "../../src/cli/help.ts";

Deno.test("programHelp names every command, global option, variable and exit code", () => {
  const help = programHelp(COMMANDS, 100);
  for (const { name, summary } of COMMANDS) assertStringIncludes(help, `  ${name} `, summary);
  for (const { name } of GLOBAL_OPTIONS) assertStringIncludes(help, `--${name}`);
  for (const name of VARIABLES) assertStringIncludes(help, name);
  for (const code of ["0 complete", "1 finished but incomplete", "2 not run", "130 interrupted"]) {
    assertStringIncludes(help, code);
  }
});

Deno.test("commandHelp holds every option with its choices, default and variable, and the examples", () => {
  for (const command of COMMANDS) {
    const help = commandHelp(command, 100);
    const flat = help.replace(/\s+/g, " ");
    for (const option of command.options) {
      assertStringIncludes(flat, `--${option.name} `);
      assertStringIncludes(flat, option.summary);
      for (const choice of option.choices ?? []) assertStringIncludes(flat, choice);
      if (option.default !== undefined) assertStringIncludes(flat, `default: ${option.default}`);
      if (option.env !== undefined) assertStringIncludes(flat, `variable: ${option.env}`);
    }
    for (const { command: line, what } of command.examples) {
      assertStringIncludes(help, line);
      assertStringIncludes(help, what);
    }
    assertStringIncludes(help, `Usage: confluence-index ${command.name}`);
  }
});

Deno.test("help keeps to the width it is given, but for examples, which are to be copied", () => {
  for (const columns of [60, 80, 100]) {
    const lines = COMMANDS.flatMap((command) => commandHelp(command, columns).split("\n"))
      .filter((line) => !/^ {2}(#|confluence-index)/.test(line));
    assertEquals(lines.filter((line) => line.length > columns), []);
  }
  assert(Math.max(...programHelp(COMMANDS, 200).split("\n").map(({ length }) => length)) <= 100);
});
