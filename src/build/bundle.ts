/** The program as JavaScript: one file for the launcher, one for the worker, and what they share or load when needed. */
import { join, relative, toFileUrl } from "@std/path";
import { ConfluenceIndexError } from "../errors.ts";
import { CONFIG, ROOT } from "./project.ts";
import { runDeno } from "./run_deno.ts";

/** Which of the two forms a program is made for. */
export type Kind = "compiled" | "portable";

/**
 * Bundles the program.
 *
 * @param kind What `--version` will say.
 * @param to The folder that gets `main.js`, `worker.js` and their parts.
 * @param work An empty folder to work in.
 * @param check Whether to check types.
 * @throws {ConfluenceIndexError} `incomplete`, with what the bundler said.
 */
export async function bundle(kind: Kind, to: string, work: string, check: boolean): Promise<void> {
  await Deno.mkdir(work, { recursive: true });
  const importMap = join(work, "import_map.json");
  await Deno.writeTextFile(importMap, JSON.stringify({ imports: importsFor(kind) }));
  const { success, text } = await runDeno([
    "bundle",
    "--config",
    "deno.json",
    "--import-map",
    importMap,
    "--platform",
    "deno",
    "--code-splitting",
    check ? "--check" : "--no-check",
    "--outdir",
    to,
    join("src", "cli", "main.ts"),
    join("src", "cli", "worker.ts"),
  ], ROOT);
  if (!success) throw new ConfluenceIndexError("incomplete", `Cannot bundle the program: ${text}`);
  await forgetMachine(to);
}

/** The project's imports, with the module that tells how a program was made exchanged. */
function importsFor(kind: Kind): Record<string, string> {
  const url = (...path: string[]): string => toFileUrl(join(ROOT, ...path)).href;
  const imports = Object.entries(CONFIG.imports).map(([name, to]): [string, string] => [
    name,
    to.startsWith("./") ? url(to) : to,
  ]);
  return {
    ...Object.fromEntries(imports),
    [url("src", "cli", "build.ts")]: url("src", "build", `build_${kind}.ts`),
  };
}

/** The bundler names each module by its place on this machine, in comments and in the names of CommonJS wrappers. */
async function forgetMachine(folder: string): Promise<void> {
  const { text } = await runDeno(["info", "--json"], ROOT);
  const { npmCache } = JSON.parse(text) as { npmCache: string };
  const places = [relative(ROOT, npmCache), npmCache].map((path) => path.replaceAll("\\", "/"));
  for await (const { name } of Deno.readDir(folder)) {
    const path = join(folder, name);
    let code = await Deno.readTextFile(path);
    for (const place of places) code = code.replaceAll(new RegExp(`${escape(place)}/[^/\\s]+/`, "g"), "npm/");
    await Deno.writeTextFile(path, code);
  }
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}
