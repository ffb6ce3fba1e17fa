import { reconvert } from "../../sync/mod.ts";
import type { Action } from "../command.ts";
import { connectExistingDatabase } from "../connect.ts";
import { EXIT_CODES } from "../exit_code.ts";
import type { ReconvertCommandOptions } from "./command.ts";

/** Converts stored bodies again and says how many. */
export const action: Action = async ({ options: given, config, io, signal }) => {
  const options = given as unknown as ReconvertCommandOptions;
  await using database = await connectExistingDatabase(config);
  const { converted, left } = await reconvert({
    database,
    all: options.all,
    wait: options.wait,
    signal,
    onProgress: (done, total) => io.progress.update(`converting: ${done} of ${total} bodies`),
  });
  io.progress.end();
  if (options.json) io.out(`${JSON.stringify({ converted, left })}\n`);
  if (!options.quiet) {
    io.err(
      `${converted} bodies converted${left > 0 ? `; ${left} left: run reconvert again to go on` : ""}\n`,
    );
  }
  return signal.aborted ? EXIT_CODES.interrupted : EXIT_CODES.complete;
};
