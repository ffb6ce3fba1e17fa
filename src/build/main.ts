/**
 * `deno task compile`: makes the program one file, for this machine or for others.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- it talks to the person who builds
import { isAbsolute, join } from "@std/path";
import { ConfluenceIndexError } from "../errors.ts";
import { addAddon } from "./addon.ts";
import { bundle, type Kind } from "./bundle.ts";
import { writeChecksums } from "./checksums.ts";
import { compile } from "./compiled.ts";
import { type BuildOptions, readOptions, USAGE } from "./options.ts";
import { permissionFlags, type PermissionSet } from "./permission_flags.ts";
import { pack } from "./portable.ts";
import { CONFIG, ROOT } from "./project.ts";
import { type Buildable, fileName } from "./targets.ts";

/** A file that was made. */
interface Made {
  readonly name: string;
  readonly kind: Kind;
}

const FLAGS = permissionFlags(CONFIG.permissions.cli as PermissionSet, CONFIG.unstable);

async function build(options: BuildOptions): Promise<number> {
  const out = isAbsolute(options.out) ? options.out : join(ROOT, options.out);
  await Deno.mkdir(out, { recursive: true });
  const work = await Deno.makeTempDir({ dir: out, prefix: ".build-" });
  const made: Made[] = [];
  const left: string[] = [];
  try {
    const programs = new Programs(work, !options.quick);
    for (const target of options.targets) {
      const result = await buildOne(target, options, out, programs);
      if (typeof result === "string") left.push(result);
      else made.push(result);
    }
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  const hashes = await writeChecksums(out);
  for (const { name, kind } of made) {
    const { size } = await Deno.stat(join(out, name));
    console.log(
      `${join(options.out, name)}  ${kind}  ${(size / 1e6).toFixed(1)} MB  sha256 ${hashes.get(name)}`,
    );
  }
  for (const reason of [...options.left, ...left]) console.error(`Not made: ${reason}`);
  return left.length === 0 ? 0 : 1;
}

/** Makes one file; or tells why it was not made. */
async function buildOne(
  target: Buildable,
  options: BuildOptions,
  out: string,
  programs: Programs,
): Promise<Made | string> {
  const name = fileName(target, options.named);
  const file = join(out, name);
  const packed = async (): Promise<Made> => {
    await atomically(
      file,
      async (path) =>
        await pack(await programs.make("portable", target), path, target, FLAGS, options.quick ? 1 : 9),
    );
    return { name, kind: "portable" };
  };
  const isHost = target.triple === Deno.build.target;
  if (options.portable) {
    return isHost ? await packed() : `${target.triple}: a portable file is made on such a machine`;
  }

  const given = Deno.env.get("DENORT_BIN") ?? "";
  console.error(`Compiling for ${target.triple}${given === "" ? "" : ` on ${given}`}`);
  const program = await programs.make("compiled", target);
  let reason = "";
  await atomically(file, async (path) => {
    const result = await compile(program, path, target, FLAGS);
    if (result.made) console.error(result.embedded);
    else reason = result.reason;
    return result.made;
  });
  if (reason === "") return { name, kind: "compiled" };
  if (given !== "") throw new ConfluenceIndexError("incomplete", `Cannot compile on ${given}: ${reason}`);
  const missing =
    `the base runtime of deno compile cannot be downloaded and DENORT_BIN is not set (${reason})`;
  if (!isHost || target.os === "win32") return `${target.triple}: ${missing}`;
  console.error(`Making a portable file instead: ${missing}`);
  return await packed();
}

/** Writes a file under another name, which it keeps only if the work fails; `false` leaves nothing behind. */
async function atomically(file: string, work: (path: string) => Promise<boolean | void>): Promise<void> {
  const extension = file.endsWith(".exe") ? ".exe" : "";
  const path = `${file.slice(0, file.length - extension.length)}.new${extension}`;
  try {
    if (await work(path) !== false) await Deno.rename(path, file);
  } finally {
    await Deno.remove(path).catch(() => {});
  }
}

/** The program's folders: one bundle for each kind, with the addon of each target beside it. */
class Programs {
  readonly #work: string;
  readonly #check: boolean;
  readonly #bundles = new Map<Kind, string>();
  #checked = false;

  constructor(work: string, check: boolean) {
    this.#work = work;
    this.#check = check;
  }

  async make(kind: Kind, target: Buildable): Promise<string> {
    const bundled = await this.#bundle(kind);
    const program = join(this.#work, `${kind}-${target.triple}`);
    await Deno.mkdir(program);
    for await (const { name } of Deno.readDir(bundled)) {
      await Deno.copyFile(join(bundled, name), join(program, name));
    }
    await addAddon(target, program, join(this.#work, `addon-${kind}-${target.triple}`));
    return program;
  }

  async #bundle(kind: Kind): Promise<string> {
    const known = this.#bundles.get(kind);
    if (known !== undefined) return known;
    const folder = join(this.#work, kind);
    // Both kinds are the same source.
    await bundle(kind, folder, join(this.#work, `bundle-${kind}`), this.#check && !this.#checked);
    this.#checked = true;
    this.#bundles.set(kind, folder);
    return folder;
  }
}

async function main(args: readonly string[]): Promise<number> {
  try {
    const options = readOptions(args, Deno.build.target);
    if (options === null) {
      console.log(USAGE);
      return 0;
    }
    return await build(options);
  } catch (error) {
    if (!(error instanceof ConfluenceIndexError)) throw error;
    console.error(`error[${error.code}]: ${error.message}`);
    if (error.hint !== undefined) console.error(`hint: ${error.hint}`);
    return error.code === "usage" ? 2 : 1;
  }
}

if (import.meta.main) Deno.exitCode = await main(Deno.args);
