import { format as formatBytes } from "@std/fmt/bytes";
import { backUp } from "../../database/reader.ts";
import type { Action } from "../command.ts";
import { EXIT_CODES } from "../exit_code.ts";
import { readPlace } from "../read_place.ts";
import type { BackupCommandOptions } from "./command.ts";

/** Copies the index and says what the copy holds. */
export const action: Action = async ({ options: given, args, config, io }) => {
  const options = given as unknown as BackupCommandOptions;
  const place = await readPlace(config, io, true);
  io.progress.update("copying the index");
  const result = await backUp(place.url, args[0]!, { overwrite: options.overwrite });
  io.progress.end();
  const { path, bytes, pages, versions } = result;
  io.out(options.json ? `${JSON.stringify({ file: path, bytes, pages, versions })}\n` : `${path}\n`);
  if (!options.quiet) {
    io.err(`copied and checked: ${formatBytes(bytes)}, ${pages} pages, ${versions} versions\n`);
  }
  return EXIT_CODES.complete;
};
