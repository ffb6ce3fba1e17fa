import { ConfluenceIndexError } from "../../errors.ts";
import type { Action } from "../command.ts";
import { diagnose, impatientClient } from "../doctor/diagnose.ts";
import { reportText } from "../doctor/report.ts";
import { EXIT_CODES } from "../exit_code.ts";
import { writeDotEnv } from "./write_dot_env.ts";

const PATH = ".env";

/** Checks the answers against the site and writes them down. */
export const action: Action = async ({ config, io, notes, options, signal }) => {
  const client = impatientClient(config, signal);
  const checks = await diagnose(client, config, { scopes: true, signal });
  if (options.quiet !== true) io.err(reportText(checks));
  const broken = checks.find(({ status, name }) => status === "failed" && name !== "scopes");
  if (broken !== undefined) {
    throw new ConfluenceIndexError("configuration", `Cannot configure: ${broken.finding}`, {
      hint: `${broken.remedy ?? ""} Nothing was written.`.trim(),
    });
  }
  await writeDotEnv(PATH, {
    CONFLUENCE_BASE_URL: client.siteUrl,
    CONFLUENCE_EMAIL: config.email,
    CONFLUENCE_API_TOKEN: config.apiToken,
    CONFLUENCE_CLOUD_ID: client.cloudId,
  });
  const shadowing = notes.shadowing as readonly string[];
  if (options.quiet !== true) {
    if (shadowing.length > 0) io.err(`the environment sets ${shadowing.join(", ")} too, and beats ${PATH}\n`);
    io.err(`wrote ${PATH}, readable by you alone; next: confluence-index ingest --space KEY\n`);
  }
  io.out(
    options.json === true ? `${JSON.stringify({ file: PATH, cloud_id: client.cloudId })}\n` : `${PATH}\n`,
  );
  return EXIT_CODES.complete;
};
