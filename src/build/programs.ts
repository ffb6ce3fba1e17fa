/** The folders that become files: one bundle for each kind, and the addon of a target beside it. */
import { join } from "@std/path";
import { addAddon } from "./addon.ts";
import { bundle, type Kind } from "./bundle.ts";
import type { Buildable } from "./targets.ts";

/** Makes program folders below a working folder; what several targets share is made once. */
export class Programs {
  readonly #work: string;
  readonly #check: boolean;
  readonly #bundles = new Map<Kind, string>();

  /**
   * @param work An empty folder.
   * @param check Whether to check types.
   */
  constructor(work: string, check: boolean) {
    this.#work = work;
    this.#check = check;
  }

  /**
   * A folder with `main.js`, its parts, and the addon in `node_modules`: all that runs, but for Deno.
   *
   * @throws {ConfluenceIndexError} What bundling or fetching the addon failed with.
   */
  async make(kind: Kind, target: Buildable): Promise<string> {
    const bundled = await this.#bundle(kind);
    const name = `${kind}-${target.triple}`;
    const program = join(this.#work, name);
    await Deno.mkdir(program);
    for await (const part of Deno.readDir(bundled)) {
      await Deno.copyFile(join(bundled, part.name), join(program, part.name));
    }
    await addAddon(target, program, join(this.#work, `addon-${name}`));
    return program;
  }

  async #bundle(kind: Kind): Promise<string> {
    const known = this.#bundles.get(kind);
    if (known !== undefined) return known;
    const folder = join(this.#work, kind);
    // Both kinds are the same source, so its types are checked once.
    await bundle(kind, folder, join(this.#work, `bundle-${kind}`), this.#check && this.#bundles.size === 0);
    this.#bundles.set(kind, folder);
    return folder;
  }
}
