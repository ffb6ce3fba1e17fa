/** The README may not lie: commands, tasks, exit codes and links are compared with the program. */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../src/cli/commands.ts";
import config from "../deno.json" with { type: "json" };

const readme = await Deno.readTextFile("README.md");

Deno.test("README names every command in its table", () => {
  const missing = COMMANDS.map(({ name }) => name).filter((name) => !readme.includes(`| \`${name}\``));
  assertEquals(missing, []);
});

Deno.test("README and contributor docs name only tasks that exist", async () => {
  const texts = [readme];
  for (const name of ["CONTRIBUTING", "ARCHITECTURE"]) {
    texts.push(await Deno.readTextFile(`.github/${name}.md`));
  }
  const named = texts.flatMap((text) =>
    [...text.matchAll(/deno(?:@[\d.]+)? task ([a-z][a-z:]*)/g)].map((match) => match[1]!)
  );
  assertEquals([...new Set(named)].filter((name) => !(name in config.tasks)), []);
  assert(named.length > 5);
});

Deno.test("every command has a task, and every task says what it does", () => {
  const internal = ["help"];
  const tasks: Record<string, { description?: string }> = config.tasks;
  assertEquals(
    COMMANDS.map(({ name }) => name).filter((name) => !(name in tasks) && !internal.includes(name)),
    [],
  );
  assertEquals(Object.entries(tasks).filter(([, task]) => !task.description).map(([name]) => name), []);
});

Deno.test("no task gives all permissions, but for making migrations", () => {
  const tasks: Record<string, { command: string }> = config.tasks;
  const blanket = Object.entries(tasks).filter(([, { command }]) =>
    /deno run[^&]* (-A|--allow-all)\b/.test(command)
  );
  assertEquals(blanket.map(([name]) => name).sort(), ["db:check", "db:generate"]);
});

Deno.test("links inside the README lead somewhere", async () => {
  const targets = [...readme.matchAll(/\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1]!);
  for (const target of targets) await Deno.stat(target);
  const headings = new Set(
    [...readme.matchAll(/^#+ (.+)$/gm)].map((match) =>
      match[1]!.toLowerCase().replace(/[^\w\- ]/g, "").replaceAll(" ", "-")
    ),
  );
  const anchors = [...readme.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1]!);
  assertEquals(anchors.filter((anchor) => !headings.has(anchor)), []);
});
