import { writeRunArtifacts, writeStateArtifacts } from "../../export/mod.ts";
import type { Action } from "../command.ts";
import { connectExistingDatabase } from "../connect.ts";
import { EXIT_CODES } from "../exit_code.ts";
import { layOut } from "../table.ts";
import type { ExportOptions } from "./command.ts";

/** Writes artifacts again: one run's, or the whole current state. */
export const action: Action = async ({ options: given, config, io }) => {
  const options = given as unknown as ExportOptions;
  await using database = await connectExistingDatabase(config);
  const artifacts = options.run === undefined
    ? await writeStateArtifacts(database, config.outDir!)
    : await writeRunArtifacts(database, options.run, config.outDir!);
  if (!options.quiet) {
    io.err(
      layOut(["file", "lines", "bytes"], artifacts.files.map((file) => [file.name, file.lines, file.bytes])),
    );
  }
  io.out(options.json ? `${JSON.stringify(artifacts)}\n` : `${artifacts.folder}\n`);
  return EXIT_CODES.complete;
};
