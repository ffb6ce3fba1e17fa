/** Making the files that were asked for, one target after the other. */
import { basename, join } from "@std/path";
import { ConfluenceIndexError } from "../errors.ts";
import type { Kind } from "./bundle.ts";
import { compile } from "./compiled.ts";
import type { BuildOptions } from "./options.ts";
import { permissionFlags, type PermissionSet } from "./permission_flags.ts";
import { pack } from "./portable.ts";
import { Programs } from "./programs.ts";
import { CONFIG } from "./project.ts";
import { type Buildable, fileName } from "./targets.ts";

/** A file that was made. */
export interface Made {
  readonly path: string;
  readonly kind: Kind;
}

/** What came out. */
export interface BuildResult {
  readonly made: readonly Made[];
  /** Why targets that could have been made were not. */
  readonly failed: readonly string[];
}

/** What a build needs to know of the place. */
export interface BuildPlace {
  /** The folder for the files; it is there. */
  readonly out: string;
  /** The triple of this machine. */
  readonly host: string;
  /** A base runtime for `deno compile`; undefined for the one it downloads. */
  readonly base: string | undefined;
  /** Tells what happens. */
  readonly say: (line: string) => void;
}

const FLAGS = [
  ...permissionFlags(CONFIG.permissions.cli as PermissionSet, CONFIG.unstable),
  // How the task that reads most keeps its memory small.
  ...CONFIG.tasks.ingest.command.split(" ").filter((part) => part.startsWith("--v8-flags=")),
];

/**
 * Makes the files; each is there as a whole or not at all.
 *
 * @throws {ConfluenceIndexError} Where a single target was asked for and failed, or nothing can be made at all.
 */
export async function build(options: BuildOptions, place: BuildPlace): Promise<BuildResult> {
  const { targets } = options;
  if (place.base !== undefined && targets.length > 1) {
    throw new ConfluenceIndexError(
      "usage",
      "Cannot build for several targets: DENORT_BIN is the base of one",
      {
        hint: "Unset it, or build one --target at a time.",
      },
    );
  }
  const made: Made[] = [];
  const failed: string[] = [];
  const work = await Deno.makeTempDir({ dir: place.out, prefix: ".build-" });
  try {
    const programs = new Programs(work, !options.quick);
    for (const target of targets) {
      try {
        made.push(await buildOne(target, options, place, programs));
      } catch (error) {
        if (targets.length === 1 || !(error instanceof ConfluenceIndexError)) throw error;
        failed.push(error.message);
      }
    }
  } finally {
    await Deno.remove(work, { recursive: true });
  }
  return { made, failed };
}

async function buildOne(
  target: Buildable,
  options: BuildOptions,
  place: BuildPlace,
  programs: Programs,
): Promise<Made> {
  const { triple } = target;
  const path = join(place.out, fileName(target, options.named));
  const packed = async (): Promise<Made> => {
    const program = await programs.make("portable", target);
    await pack(program, path, target, FLAGS, options.quick ? 1 : 9);
    return { path, kind: "portable" };
  };
  if (options.portable) {
    if (triple === place.host) return await packed();
    throw new ConfluenceIndexError("usage", `Cannot pack for ${triple}: this machine is ${place.host}`, {
      hint: "The Deno at hand is packed, so a portable file is made on a machine like those it is for.",
    });
  }

  place.say(`Compiling for ${triple}${place.base === undefined ? "" : ` on ${place.base}`}`);
  const program = await programs.make("compiled", target);
  // Its name goes into the file, and deno compile overwrites nothing that it did not make.
  const unfinished = join(`${program}-file`, basename(path));
  const result = await compile(program, unfinished, target, FLAGS);
  if (result.made) {
    await Deno.rename(unfinished, path);
    place.say(result.embedded);
    return { path, kind: "compiled" };
  }
  if (place.base !== undefined) {
    throw new ConfluenceIndexError("incomplete", `Cannot compile for ${triple}: ${result.reason}`, {
      hint: "DENORT_BIN names the base; unset it to have it downloaded.",
    });
  }
  const missing =
    `the base runtime of deno compile cannot be downloaded and DENORT_BIN is not set (${result.reason})`;
  if (triple !== place.host || target.os === "win32") {
    throw new ConfluenceIndexError("incomplete", `Cannot compile for ${triple}: ${missing}`, {
      hint: "Name the base with DENORT_BIN, or build where downloads are allowed: the release workflow does.",
    });
  }
  place.say(`Making a portable file instead of a compiled one: ${missing}`);
  return await packed();
}
