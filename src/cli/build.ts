/**
 * How this program came to be. `deno task compile` puts another module with the same export in the place of this one
 * (`src/build/bundle.ts`), so that a built program need not be told by its surroundings.
 *
 * @module
 */

/** How a program was made, and where its worker lies, as seen from the launcher's module. */
export interface Build {
  /** `source`, `compiled` (by `deno compile`), or `portable` (packed with a whole Deno). */
  readonly kind: string;
  readonly worker: string;
}

/** This program. */
export const BUILD: Build = { kind: "source", worker: "./worker.ts" };
