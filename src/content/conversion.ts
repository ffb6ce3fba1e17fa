import type { ConversionContext } from "./context.ts";
import { containerDepth, MAX_UNPACKED, repeatAllowance } from "./limits.ts";
import { type LinkTarget, type ResolvedTarget, resolveTarget } from "./link_target.ts";
import { Notes } from "./notes.ts";
import type { BodyProperty } from "./parsed_body.ts";

/** State of one conversion: what it may ask, what it has noted, what it may still spend. */
export class Conversion {
  readonly notes = new Notes();
  readonly properties: BodyProperty[] = [];
  /** Characters that repeated cells and fillers may still add. */
  repeatsLeft: number;
  /** Characters that packed diagrams may still unpack to. */
  unpackLeft = MAX_UNPACKED;
  #depth = 0;
  readonly #resolved = new WeakMap<LinkTarget, ResolvedTarget>();
  readonly #linked = new WeakSet<LinkTarget>();
  readonly #maxDepth: number;

  /**
   * @param context What may be looked up.
   * @param body The body as it came, for limits in proportion to it.
   */
  constructor(readonly context: ConversionContext, body: string) {
    this.repeatsLeft = repeatAllowance(body.length);
    this.#maxDepth = containerDepth(body);
  }

  /** Where the target leads. Notes an address that is not safe to write. */
  resolve(target: LinkTarget): ResolvedTarget {
    const known = this.#resolved.get(target);
    if (known) return known;
    const resolved = resolveTarget(target, this.context);
    if (resolved.href === null && (target.kind === "url" || target.kind === "shortcut") && target.url) {
      this.notes.add("dropped", "link", "unsafe address");
    }
    this.#resolved.set(target, resolved);
    return resolved;
  }

  /**
   * Whether the link may be written here. A link around many blocks is written once for each: its address counts
   * against what may be repeated.
   */
  mayLink(target: LinkTarget, href: string): boolean {
    if (!this.#linked.has(target)) {
      this.#linked.add(target);
      return true;
    }
    this.repeatsLeft -= href.length;
    if (this.repeatsLeft < 0) this.notes.add("dropped", "link", "an address repeated too often");
    return this.repeatsLeft >= 0;
  }

  /** Runs `inside` one container deeper, or returns null without running it where the nesting is too deep. */
  nested<T>(inside: () => T): T | null {
    if (this.#depth >= this.#maxDepth) {
      this.notes.add("approximated", "nesting", "deeper levels are shown on one level");
      return null;
    }
    this.#depth++;
    try {
      return inside();
    } finally {
      this.#depth--;
    }
  }
}
