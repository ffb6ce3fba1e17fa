/**
 * Writing the index out as files. No network, no changes to the index.
 *
 * @module
 */
export { type Artifacts, writeRunArtifacts, writeStateArtifacts } from "./artifacts.ts";
export type { WrittenFile } from "./atomic_file.ts";
