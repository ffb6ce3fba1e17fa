/**
 * How long the portable file takes to start once it is unpacked, against `deno run` of the very bundle in it.
 * `deno task bench startup`
 */
import { fromFileUrl, join } from "@std/path";
import { median, ms, table } from "./table.ts";

const ROUNDS = 21;
const ROOT = fromFileUrl(new URL("../..", import.meta.url));

/** Wall times in milliseconds, medians of several rounds, and their ratio. */
export interface StartupTimes {
  readonly bundleMs: number;
  readonly portableMs: number;
  readonly ratio: number;
}

/** Builds a portable file, starts it once, and then measures both ways, one after the other in each round. */
export async function measureStartup(rounds = ROUNDS): Promise<StartupTimes> {
  await Deno.mkdir(join(ROOT, "dist"), { recursive: true });
  const out = await Deno.makeTempDir({ dir: join(ROOT, "dist"), prefix: ".bench-" });
  try {
    await run("deno", ["task", "compile", "--portable", "--quick", "--out", out], {});
    const file = join(out, "confluence-index");
    const env = { XDG_CACHE_HOME: join(out, "cache") };
    await run("sh", [file, "--version"], env);

    const [version] = await Array.fromAsync(Deno.readDir(join(out, "cache", "confluence-index")));
    const folder = join(out, "cache", "confluence-index", version!.name);
    const flags = await launcherFlags(file);
    const same = { HOME: folder, DENO_DIR: join(folder, "cache"), DENO_NO_UPDATE_CHECK: "1" };
    const bundle: number[] = [];
    const portable: number[] = [];
    for (let round = 0; round < rounds; round++) {
      bundle.push(
        await run("deno", ["run", ...flags, join(folder, "program", "main.js"), "--version"], same),
      );
      portable.push(await run("sh", [file, "--version"], env));
    }
    const [bundleMs, portableMs] = [median(bundle), median(portable)];
    return { bundleMs, portableMs, ratio: portableMs / bundleMs };
  } finally {
    await Deno.remove(out, { recursive: true });
  }
}

/** What the launcher passes to `deno run`. */
async function launcherFlags(file: string): Promise<string[]> {
  const head = new TextDecoder().decode((await Deno.readFile(file)).subarray(0, 16_384));
  return /program\/deno" run (.*) "\$ci_dir\/program\/main\.js"/.exec(head)![1]!.split(" ");
}

async function run(command: string, args: readonly string[], env: Record<string, string>): Promise<number> {
  const start = performance.now();
  const { success } = await new Deno.Command(command, {
    args: [...args],
    cwd: ROOT,
    env,
    stdout: "null",
    stderr: "null",
  }).output();
  if (!success) throw new Error(`Cannot measure: ${command} ${args.join(" ")} failed`);
  return performance.now() - start;
}

/** The part of the benchmark. */
export async function startupTable(): Promise<string> {
  const { bundleMs, portableMs, ratio } = await measureStartup();
  return table("Start of the portable file, against deno run of the bundle in it", [
    { what: "--version", measured: ms(portableMs), against: ms(bundleMs), ratio, aim: 1.5 },
  ]);
}
