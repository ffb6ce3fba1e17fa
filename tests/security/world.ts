/** A served fake site and an empty folder for each test of abuse. */
import { FakeConfluence, type FakeOptions, type RunningFake } from "../support/fake/mod.ts";
import { type CliResult, runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

/** What a test of abuse works with. */
export interface World {
  readonly dir: string;
  readonly fake: FakeConfluence;
  readonly server: RunningFake;
  /** Runs the real program, set up for the site. */
  run(args: readonly string[], env?: Readonly<Record<string, string>>): Promise<CliResult>;
}

/** Runs `work` in a world of its own. */
export async function withWorld(
  work: (world: World) => Promise<void>,
  options: FakeOptions = {},
): Promise<void> {
  await withTempDir(async (dir) => {
    const fake = new FakeConfluence(options);
    await using server = await fake.serve();
    await work({ dir, fake, server, run: (args, env = {}) => runCli(args, { cwd: dir, site: server, env }) });
  });
}

/** Every file below a folder, as paths relative to it; links are named, not followed. */
export async function filesBelow(dir: string, below = ""): Promise<string[]> {
  const found: string[] = [];
  for await (const entry of Deno.readDir(`${dir}/${below}`)) {
    const path = `${below}${entry.name}`;
    if (entry.isDirectory) found.push(...await filesBelow(dir, `${path}/`));
    else found.push(path);
  }
  return found.sort();
}

/** Whether a text would do something to a terminal. Line feeds are fine. */
export function movesTerminal(text: string): boolean {
  // deno-lint-ignore no-control-regex -- control characters are what is looked for
  return /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/.test(text);
}
