import { ConfluenceIndexError } from "../../errors.ts";
import {
  type Artifacts,
  writeCsv,
  writeMarkdownTree,
  writeRunArtifacts,
  writeStateArtifacts,
} from "../../export/mod.ts";
import { openIndex, type ReadOnlyIndex } from "../../query/mod.ts";
import type { Action, Invocation } from "../command.ts";
import { EXIT_CODES } from "../exit_code.ts";
import { printable } from "../printable.ts";
import { readPlace } from "../read_place.ts";
import { layOut } from "../table.ts";
import type { ExportOptions } from "./command.ts";

/** Writes the index out: one run's artifacts, or the current state in one of the formats. */
export const action: Action = async (invocation) => {
  const options = invocation.options as unknown as ExportOptions;
  refuseContradictions(options);
  const { url, options: access } = await readPlace(invocation.config, invocation.io);
  await using index = await openIndex(url, access);
  return options.format === "markdown"
    ? await exportMarkdown(index, invocation, options)
    : tellArtifacts(await exportLines(index, invocation, options), invocation, options);
};

function refuseContradictions({ run, format, with: fields, chunks }: ExportOptions): void {
  const extra = fields.length > 0 ? "--with" : chunks !== undefined ? "--chunks" : undefined;
  if (format !== "ndjson" && extra !== undefined) {
    throw new ConfluenceIndexError(
      "usage",
      `Cannot export: ${extra} is for --format ndjson, not for ${format}`,
      { hint: `Leave out ${extra}, or --format ${format}.` },
    );
  }
  const other = format === "ndjson" ? extra : `--format ${format}`;
  if (run !== undefined && other !== undefined) {
    throw new ConfluenceIndexError("usage", `Cannot export run ${run}: ${other} is for the current state`, {
      hint: `Leave out --run or ${other}.`,
    });
  }
}

function exportLines(
  index: ReadOnlyIndex,
  { config, signal }: Invocation,
  { run, format, with: fields, chunks }: ExportOptions,
): Promise<Artifacts> {
  const out = config.outDir!;
  if (run !== undefined) return index.atOneMoment(() => writeRunArtifacts(index, run, out));
  if (format === "csv") return writeCsv(index, out, signal);
  return writeStateArtifacts(index, out, { with: fields, chunks, signal });
}

function tellArtifacts(artifacts: Artifacts, { io }: Invocation, options: ExportOptions): number {
  if (!options.quiet) {
    io.err(
      layOut(["file", "lines", "bytes"], artifacts.files.map((file) => [file.name, file.lines, file.bytes])),
    );
  }
  io.out(options.json ? `${JSON.stringify(artifacts)}\n` : `${artifacts.folder}\n`);
  return EXIT_CODES.complete;
}

async function exportMarkdown(
  index: ReadOnlyIndex,
  { config, io, signal }: Invocation,
  options: ExportOptions,
): Promise<number> {
  const tree = await index.atOneMoment(() => writeMarkdownTree(index, config.outDir!, signal));
  const { folder, written, unchanged, removed, kept, keptFiles, missingFiles } = tree;
  if (!options.quiet) {
    io.err(`${written} written, ${unchanged} unchanged, ${removed} removed, ${kept} left alone\n`);
  }
  if (kept > 0) {
    const rest = kept > keptFiles.length ? `  and ${kept - keptFiles.length} more\n` : "";
    io.err(
      "warning: somebody else made or changed these files, so they were left alone; move them away and export again:\n" +
        keptFiles.map((path) => `  ${printable(path)}\n`).join("") + rest,
    );
  }
  if (missingFiles > 0) {
    const what = missingFiles === 1
      ? "1 attachment file that the index keeps is"
      : `${missingFiles} attachment files that the index keeps are`;
    io.err(
      `warning: ${what} not below ${
        printable(config.outDir!)
      }, so links lead to the site: name the folder of the ingest with --out\n`,
    );
  }
  io.out(options.json ? `${JSON.stringify(tree)}\n` : `${folder}\n`);
  return kept > 0 ? EXIT_CODES.incomplete : EXIT_CODES.complete;
}
