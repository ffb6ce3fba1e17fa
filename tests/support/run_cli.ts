/** Runs the real program as people do: a process of its own with the task's permissions. */
import { fromFileUrl } from "@std/path";
import type { RunningFake } from "./fake/mod.ts";

/** What a run of the program left behind. */
export interface CliResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Options of {@linkcode runCli}. */
export interface CliOptions {
  /** The working folder. */
  readonly cwd: string;
  /** Where `confluence-index` finds its site; without it, none is configured. */
  readonly site?: Pick<RunningFake, "baseUrl">;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
}

const MAIN = fromFileUrl(new URL("../../src/cli/main.ts", import.meta.url));
const CONFIG = fromFileUrl(new URL("../../deno.json", import.meta.url));

/** The arguments for Deno and the whole environment of a run. */
export function cliCommand(
  args: readonly string[],
  options: CliOptions,
): { readonly args: string[]; readonly env: Record<string, string> } {
  const site = options.site === undefined ? {} : {
    CONFLUENCE_BASE_URL: options.site.baseUrl,
    CONFLUENCE_EMAIL: "ana@example.com",
    CONFLUENCE_API_TOKEN: "test-token-ana",
  };
  const inherited = ["PATH", "HOME", "DENO_DIR", "XDG_CACHE_HOME", "LD_LIBRARY_PATH"];
  const env = Object.fromEntries(inherited.flatMap((name) => {
    const value = Deno.env.get(name);
    return value === undefined ? [] : [[name, value]];
  }));
  return {
    args: ["run", "--quiet", "--config", CONFIG, "-P=cli", MAIN, ...args],
    env: { ...env, NO_COLOR: "1", ...site, ...options.env },
  };
}

/** Starts the program; the caller waits for or kills it. */
export function startCli(args: readonly string[], options: CliOptions): Deno.ChildProcess {
  return new Deno.Command(Deno.execPath(), {
    ...cliCommand(args, options),
    cwd: options.cwd,
    clearEnv: true,
    stdin: options.stdin === undefined ? "null" : "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
}

/** Runs the program to its end. */
export async function runCli(args: readonly string[], options: CliOptions): Promise<CliResult> {
  const child = startCli(args, options);
  if (options.stdin !== undefined) {
    const writer = child.stdin.getWriter();
    await writer.write(new TextEncoder().encode(options.stdin));
    await writer.close();
  }
  const { code, stdout, stderr } = await child.output();
  const decoder = new TextDecoder();
  return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
}
