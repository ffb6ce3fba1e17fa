/** Which machines a program can be built for, and which native libSQL addon each of them needs. */
import { ConfluenceIndexError } from "../errors.ts";

/** A machine to build for. */
export interface Target {
  /** Deno's name for it; part of the file's name. */
  readonly triple: string;
  /** npm's names for it. */
  readonly os: "linux" | "darwin" | "win32";
  readonly cpu: "x64" | "arm64";
  /** The package with the addon that `libsql` loads there; null where libSQL has none. */
  readonly addon: string | null;
}

/** Every target of `deno compile`. Deno has no musl build, so Linux means glibc. */
export const TARGETS: readonly Target[] = [
  { triple: "x86_64-unknown-linux-gnu", os: "linux", cpu: "x64", addon: "@libsql/linux-x64-gnu" },
  { triple: "aarch64-unknown-linux-gnu", os: "linux", cpu: "arm64", addon: "@libsql/linux-arm64-gnu" },
  { triple: "x86_64-apple-darwin", os: "darwin", cpu: "x64", addon: "@libsql/darwin-x64" },
  { triple: "aarch64-apple-darwin", os: "darwin", cpu: "arm64", addon: "@libsql/darwin-arm64" },
  { triple: "x86_64-pc-windows-msvc", os: "win32", cpu: "x64", addon: "@libsql/win32-x64-msvc" },
  { triple: "aarch64-pc-windows-msvc", os: "win32", cpu: "arm64", addon: null },
];

/** A target that can be built. */
export type Buildable = Target & { readonly addon: string };

/** Whether there is an addon for it. */
export function isBuildable(target: Target): target is Buildable {
  return target.addon !== null;
}

/** What to say of a target that is not {@linkcode isBuildable}. */
export function notBuildable({ triple }: Target): string {
  return `${triple}: libSQL has no native addon for it; the x86_64-pc-windows-msvc file runs there under emulation`;
}

/**
 * Finds a target by name.
 *
 * @throws {ConfluenceIndexError} `usage`, naming those there are.
 */
export function findTarget(triple: string): Buildable {
  const target = TARGETS.find((candidate) => candidate.triple === triple);
  if (target === undefined) {
    throw new ConfluenceIndexError("usage", `Cannot build for "${triple}": there is no such target`, {
      hint: `Targets: ${TARGETS.filter(isBuildable).map((known) => known.triple).join(", ")}.`,
    });
  }
  if (!isBuildable(target)) {
    throw new ConfluenceIndexError("usage", `Cannot build for ${notBuildable(target)}`);
  }
  return target;
}

/** The file's name; a target is part of it only where one was asked for. */
export function fileName(target: Target, named: boolean): string {
  return `confluence-index${named ? `-${target.triple}` : ""}${target.os === "win32" ? ".exe" : ""}`;
}
