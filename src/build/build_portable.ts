/** Takes the place of `src/cli/build.ts` in a portable program. */
export const BUILD = { kind: "portable", worker: "./worker.js" };
