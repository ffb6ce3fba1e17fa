/** What `deno task compile` was asked for. */
import { parseArgs } from "@std/cli/parse-args";
import { ConfluenceIndexError } from "../errors.ts";
import { type Buildable, findTarget, isBuildable, notBuildable, TARGETS } from "./targets.ts";

/** The command line, understood. */
export interface BuildOptions {
  readonly targets: readonly Buildable[];
  /** Whether files are named for their target. */
  readonly named: boolean;
  /** What `--all` leaves out, with the reason. */
  readonly left: readonly string[];
  /** Do not try `deno compile`. */
  readonly portable: boolean;
  /** No type check, light packing. */
  readonly quick: boolean;
  /** Where the files go. */
  readonly out: string;
}

export const USAGE = `Usage: deno task compile [options]

Makes dist/confluence-index for this machine, with dist/SHA256SUMS beside it.

  --target T   make dist/confluence-index-T instead (repeat for more):
               ${TARGETS.filter(isBuildable).map(({ triple }) => triple).join("\n               ")}
  --all        every target
  --portable   pack Deno, the program and the addon behind a shell launcher; do not try deno compile
  --quick      no type check and light packing: for trying out
  --out DIR    another folder below dist
  --help       this text

DENORT_BIN=PATH names the base runtime for deno compile where it cannot be downloaded.
`;

/**
 * Reads the command line.
 *
 * @param args What was typed.
 * @param host The triple of this machine.
 * @returns The options, or null when help was asked for.
 * @throws {ConfluenceIndexError} `usage`.
 */
export function readOptions(args: readonly string[], host: string): BuildOptions | null {
  const unknown: string[] = [];
  const flags = parseArgs(args, {
    boolean: ["all", "portable", "quick", "help"],
    string: ["target", "out"],
    collect: ["target"],
    unknown: (arg) => {
      unknown.push(arg);
      return false;
    },
  });
  if (flags.help === true) return null;
  if (unknown.length > 0) throw usage(`${unknown[0]} is not known`);
  const named = flags.target as readonly string[];
  const all = flags.all === true;
  if (all && named.length > 0) throw usage("--all and --target exclude each other");
  if (all && flags.portable === true) throw usage("--portable is for this machine, --all for every one");
  return {
    targets: all
      ? TARGETS.filter(isBuildable)
      : named.length > 0
      ? [...new Set(named)].map(findTarget)
      : [findTarget(host)],
    named: all || named.length > 0,
    left: all ? TARGETS.filter((target) => !isBuildable(target)).map(notBuildable) : [],
    portable: flags.portable === true,
    quick: flags.quick === true,
    out: typeof flags.out === "string" && flags.out !== "" ? flags.out : "dist",
  };
}

function usage(finding: string): ConfluenceIndexError {
  return new ConfluenceIndexError("usage", `Cannot build: ${finding}`, {
    hint: "See deno task compile --help.",
  });
}
