/** Getting the native libSQL addon of a machine, which need not be this one. */
import { join } from "@std/path";
import { ConfluenceIndexError } from "../errors.ts";
import { lockedPackage, readLock } from "./project.ts";
import { runDeno } from "./run_deno.ts";
import type { Buildable } from "./targets.ts";

/** What of the package is needed at run time. */
const FILES = ["package.json", "index.node"];

/**
 * Puts the addon where the program's `require` finds it: `node_modules` beside it. Deno fetches it and proves it with the
 * integrity that `deno.lock` has.
 *
 * @param target Which one.
 * @param program The program's folder.
 * @param work An empty folder to work in.
 * @throws {ConfluenceIndexError} `files`, when it cannot be had.
 */
export async function addAddon(target: Buildable, program: string, work: string): Promise<void> {
  const lock = await readLock();
  const { id, version, entry } = lockedPackage(lock, target.addon);
  const specifier = `npm:${id}`;
  await Deno.mkdir(work, { recursive: true });
  await writeJson(join(work, "deno.json"), {
    nodeModulesDir: "auto",
    imports: { addon: specifier },
    lock: { path: "deno.lock", frozen: true },
  });
  await writeJson(join(work, "deno.lock"), {
    version: lock.version,
    specifiers: { [specifier]: version },
    npm: { [id]: entry },
    workspace: { dependencies: [specifier] },
  });
  const { success, text } = await runDeno(["install", "--os", target.os, "--arch", target.cpu], work);
  if (!success) {
    throw new ConfluenceIndexError("files", `Cannot fetch ${id}: ${lastLine(text)}`, {
      hint: "It comes from the same registry as every dependency of this project.",
    });
  }
  const from = await packageFolder(work, target.addon);
  const to = join(program, "node_modules", ...target.addon.split("/"));
  await Deno.mkdir(to, { recursive: true });
  for (const file of FILES) await Deno.copyFile(join(from, file), join(to, file));
}

/** Installed for another machine, the package lies in the store but is not linked. */
async function packageFolder(work: string, name: string): Promise<string> {
  const store = join(work, "node_modules", ".deno");
  for await (const entry of Deno.readDir(store)) {
    if (entry.name.startsWith(`${name.replace("/", "+")}@`)) {
      return join(store, entry.name, "node_modules", ...name.split("/"));
    }
  }
  throw new Error(`deno install did not install ${name}`);
}

async function writeJson(path: string, value: unknown): Promise<void> {
  await Deno.writeTextFile(path, JSON.stringify(value));
}

function lastLine(text: string): string {
  return text.split("\n").filter((line) => line.trim() !== "" && !/backtrace|<unknown>/.test(line)).at(-1)
    ?.trim() ?? "it said nothing";
}
