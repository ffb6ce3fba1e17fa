/** Building for tests, with the permissions of the task. */
import { join } from "@std/path";
import { ROOT } from "./alone.ts";

/** What a build left behind. */
export interface Built {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** The folder of the files. */
  readonly out: string;
}

/** The task's command, word by word. */
async function taskArgs(): Promise<string[]> {
  const { tasks } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const command: string = tasks.compile.command;
  return command.replace(/"\$\(deno eval -p 'Deno\.execPath\(\)'\)"/, Deno.execPath()).split(" ").slice(1);
}

/** Runs `deno task compile`, into a folder of its own below `dist`; the caller removes it. */
export async function runCompile(
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Built> {
  await Deno.mkdir(join(ROOT, "dist"), { recursive: true });
  const out = await Deno.makeTempDir({ dir: join(ROOT, "dist"), prefix: ".test-" });
  const { DENORT_BIN: _, ...own } = Deno.env.toObject();
  const { code, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...await taskArgs(), ...args, "--out", out],
    cwd: ROOT,
    clearEnv: true,
    env: { ...own, NO_COLOR: "1", ...env },
    stdout: "piped",
    stderr: "piped",
  }).output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr), out };
}
