/**
 * Writing the index out as files. No network, no changes to the index.
 *
 * @module
 */
export {
  type Artifacts,
  type StateOptions,
  writeCsv,
  writeRunArtifacts,
  writeStateArtifacts,
} from "./artifacts.ts";
export { AttachmentStore, unreferencedFiles } from "./attachment_store.ts";
export type { WrittenFile } from "./atomic_file.ts";
export { MADE_FIELDS, type MadeField } from "./made_lines.ts";
export type { TreeCounts } from "./markdown/output_tree.ts";
export { removeRunArtifacts } from "./remove_run.ts";
export { type MarkdownTree, writeMarkdownTree } from "./markdown/write_tree.ts";
