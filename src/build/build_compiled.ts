/** Takes the place of `src/cli/build.ts` in a compiled program. */
export const BUILD = { kind: "compiled", worker: "./worker.js" };
