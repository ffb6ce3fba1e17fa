/**
 * Running a built file as somebody who has nothing else: an empty folder, a cleared environment, and in `PATH` only the
 * tools that every POSIX system has. No Deno, no Node.
 */
import { fromFileUrl, join } from "@std/path";

/** What a run left behind. */
export interface AloneResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run it. */
export interface AloneOptions {
  /** The working folder. @default {the place's `work`} */
  readonly cwd?: string;
  /** Beyond `HOME` and `PATH`, or instead of them; `undefined` takes one away. */
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
}

/** What the portable file's launcher calls, and nothing else. */
const TOOLS = "sh env find id uname ls tail gzip tar mkdir mv rm wc".split(" ");

/** The repository. */
export const ROOT: string = fromFileUrl(new URL("../..", import.meta.url)).replace(/[/\\]$/, "");

/** A place to run a built file in: `work` is empty, `home` too, `tools` is its `PATH`. */
export class Place implements AsyncDisposable {
  readonly folder: string;
  readonly work: string;
  readonly home: string;
  readonly tools: string;

  private constructor(folder: string) {
    this.folder = folder;
    this.work = join(folder, "work");
    this.home = join(folder, "home");
    this.tools = join(folder, "tools");
  }

  static async make(): Promise<Place> {
    const place = new Place(await Deno.makeTempDir({ prefix: "confluence-index-alone-" }));
    for (const folder of [place.work, place.home, place.tools]) await Deno.mkdir(folder);
    if (Deno.build.os !== "windows") await linkTools(place.tools);
    return place;
  }

  /** The folder that a portable file keeps its versions in. */
  get cache(): string {
    return join(this.home, ".cache", "confluence-index");
  }

  /** Starts a file; the caller waits for or kills it. */
  start(file: string, args: readonly string[], options: AloneOptions = {}): Deno.ChildProcess {
    const wanted = { ...this.#environment(), ...options.env };
    const env = Object.fromEntries(Object.entries(wanted).filter(([, value]) => value !== undefined));
    return new Deno.Command(file, {
      args: [...args],
      cwd: options.cwd ?? this.work,
      clearEnv: true,
      env: env as Record<string, string>,
      stdin: options.stdin === undefined ? "null" : "piped",
      stdout: "piped",
      stderr: "piped",
    }).spawn();
  }

  /** Runs a file to its end. */
  async run(file: string, args: readonly string[], options: AloneOptions = {}): Promise<AloneResult> {
    const child = this.start(file, args, options);
    if (options.stdin !== undefined) {
      const writer = child.stdin.getWriter();
      await writer.write(new TextEncoder().encode(options.stdin));
      await writer.close();
    }
    const { code, stdout, stderr } = await child.output();
    const decoder = new TextDecoder();
    return { code, stdout: decoder.decode(stdout), stderr: decoder.decode(stderr) };
  }

  #environment(): Record<string, string> {
    if (Deno.build.os !== "windows") return { HOME: this.home, PATH: this.tools };
    // Windows itself does not run without them.
    return { SystemRoot: Deno.env.get("SystemRoot") ?? "", TEMP: this.home, USERPROFILE: this.home };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Deno.remove(this.folder, { recursive: true });
  }
}

async function linkTools(folder: string): Promise<void> {
  for (const tool of TOOLS) await Deno.symlink((await which(tool))!, join(folder, tool));
  const sum = await which("sha256sum");
  if (sum !== undefined) return await Deno.symlink(sum, join(folder, "sha256sum"));
  // A script of perl, which then is a tool too.
  for (const tool of ["shasum", "perl"]) await Deno.symlink((await which(tool))!, join(folder, tool));
}

async function which(tool: string): Promise<string | undefined> {
  for (const folder of (Deno.env.get("PATH") ?? "").split(":")) {
    const path = join(folder, tool);
    if (await Deno.stat(path).then(({ isFile }) => isFile, () => false)) return path;
  }
  return undefined;
}
