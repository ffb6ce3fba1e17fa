/** Samples of the README for cron, systemd and CI: every command line in them must be one that the program takes. */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../src/cli/commands.ts";
import { parse } from "../src/cli/parse.ts";

const readme = await Deno.readTextFile("README.md");
const fences = [...readme.matchAll(/^```(\w+)\n(.*?)^```$/gms)].map(([, language, text]) => ({
  language,
  text: text!,
}));

/** Words as a shell has them, without its variables. */
function wordsOf(line: string): string[] {
  return [...line.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(([, a, b, c]) => a ?? b ?? c!);
}

Deno.test("command lines in the README's samples are those of the program", async () => {
  const lines = fences.filter(({ language }) => ["text", "ini", "yaml", "console"].includes(language!))
    .flatMap(({ text }) => text.replaceAll("\\\n", " ").split("\n"))
    .flatMap((line) => {
      const found = /(?:^|[\s/=])(?:confluence-index|deno(?:@[\d.]+)? task) ([a-z]+ ?.*)$/.exec(line);
      return found === null || !COMMANDS.some(({ name }) => name === found[1]!.split(" ")[0])
        ? []
        : [found[1]!];
    });
  assert(lines.length > 15, `${lines.length} found`);
  for (const line of lines) {
    const words = wordsOf(line.split(/ [|>&]|\s#/)[0]!);
    const parsed = await parse(words, COMMANDS).catch((error) => {
      throw new Error(`${line}: ${error.message}`);
    });
    assertEquals(parsed.kind, "run", line);
  }
});

Deno.test("the README's units for systemd have what systemd asks for", () => {
  const [service, timer] = fences.filter(({ text }) => text.startsWith("[Unit]")).map(({ text }) => text);
  assert(service!.includes("\nType=oneshot\n") && /\nExecStart=\/\S+/.test(service!));
  assert(timer!.includes("\nOnCalendar=") && timer!.includes("\nWantedBy=timers.target"));
});
