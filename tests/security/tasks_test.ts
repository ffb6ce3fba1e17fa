/** What every task may touch stands in `deno.json`, by name; what is wide there has its reason here. */
import { assert, assertEquals } from "@std/assert";
import { COMMANDS } from "../../src/cli/commands.ts";

type Grant = true | readonly string[];

interface Config {
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
  readonly permissions: Readonly<Record<string, Readonly<Record<string, Grant>>>>;
}

const { tasks, permissions }: Config = JSON.parse(await Deno.readTextFile("deno.json"));

/** Grants without a list, each with the reason why there can be none. */
const WIDE: Readonly<Record<string, string>> = {
  "cli net":
    "the launcher learns the site from the configuration; no worker can get more than the launcher has",
  "cli read": "the same, for the index and the output folder, wherever they are",
  "cli write": "the same",
  "cli ffi": "the native addon of libSQL lies where Deno keeps packages",
  "demo read": "it starts the program itself",
  "demo write": "the same",
  "demo ffi": "the same",
  "bench read": "the same",
  "bench write": "the same",
  "bench ffi": "the same",
  "compile read": "it packs Deno, packages and source from where they are",
  "test read": "tests of the program run it in folders of their own",
  "test write": "the same",
  "test env": "the same",
  "test ffi": "the same",
  "test run": "the same",
};

/** Tasks for developers that run another tool whole. */
const WHOLE: Readonly<Record<string, string>> = {
  "db:generate": "drizzle-kit asks for whatever its dependencies ask for",
  "db:check": "the same",
};

Deno.test("every task that runs code names its permission set", () => {
  for (const [name, { command }] of Object.entries(tasks)) {
    for (const [, verb, rest] of command.matchAll(/\bdeno (run|test)\b([^&|]*)/g)) {
      if (name in WHOLE) continue;
      assert(!/\s(-A|--allow-all)\b/.test(rest!), `${name} may do everything`);
      const set = /\s-P(?:=(\w+))?(?=\s|$)/.exec(rest!);
      assert(set !== null, `${name} names no permission set`);
      assert((set[1] ?? "test") in permissions, `${name}: ${set[1]}`);
      if (verb === "run" && set[1] === "cli") {
        assert(rest!.includes("--no-prompt"), `${name} may ask for more`);
      }
    }
  }
});

Deno.test("every command of the program has a task with the one set of the program", () => {
  assertEquals(
    // How memory is collected is no right.
    COMMANDS.map(({ name }) => [name, tasks[name]?.command.replace(/ --v8-flags=\S+/, "")]),
    COMMANDS.map(({ name }) => [name, `deno run -P=cli --no-prompt src/cli/main.ts ${name}`]),
  );
});

Deno.test("the program starts no other program, loads no code from elsewhere and reads named variables only", () => {
  const { run, env, sys, ...rest } = permissions.cli!;
  assertEquals(run, undefined);
  assertEquals("import" in rest, false);
  assert(
    Array.isArray(env) && env.every((name) => /^(CONFLUENCE_\w+|LIBSQL_JS_DEV|NO_COLOR|COLUMNS)$/.test(name)),
  );
  assert(Array.isArray(sys));
});

Deno.test("whatever is granted without a list has a reason", () => {
  const wide = Object.entries(permissions).flatMap(([set, grants]) =>
    Object.entries(grants).filter(([, what]) => what === true).map(([kind]) => `${set} ${kind}`)
  );
  assertEquals(wide.filter((grant) => !(grant in WIDE)), []);
  assertEquals(Object.keys(WIDE).filter((grant) => !wide.includes(grant)), []);
});
