import type { Action, Invocation } from "../command.ts";
import { EXIT_CODES } from "../exit_code.ts";
import { type Check, healthOf, skipped } from "./check.ts";
import { checkClock } from "./clock.ts";
import type { DoctorOptions } from "./command.ts";
import { checkConfiguration } from "./configuration.ts";
import { checkDatabase } from "./database.ts";
import { diagnose, impatientClient } from "./diagnose.ts";
import { checkDisk } from "./disk.ts";
import type { DoctorNotes } from "./prepare.ts";
import { reportJson, reportText } from "./report.ts";
import { checkSpaces, chooseSpaces } from "./spaces.ts";

const CODES = { ok: EXIT_CODES.complete, limited: EXIT_CODES.incomplete, failed: EXIT_CODES.notRun } as const;

/** Runs every check, prints what was found, and says with the exit code how bad it is. */
export const action: Action = async (invocation) => {
  const { config, io, options } = invocation;
  const notes = invocation.notes as unknown as DoctorNotes;
  const configuration = checkConfiguration(config, notes.dotEnvMode);
  const remote = configuration.status === "failed"
    ? REMOTE.map((name) => skipped(name, "site and credentials are not configured"))
    : await checkRemote(invocation);
  io.progress.update("looking at the index");
  const checks = [configuration, ...remote, await checkDatabase(config), checkDisk(notes.disk)];
  io.progress.end();
  io.out(options.json === true ? reportJson(checks) : reportText(checks));
  return CODES[healthOf(checks)];
};

/** The checks that ask the site, in their order. */
const REMOTE = ["connection", "site", "credentials", "scopes", "spaces", "clock"];

async function checkRemote({ config, io, options: given, signal }: Invocation): Promise<Check[]> {
  const options = given as unknown as DoctorOptions;
  const client = impatientClient(config, signal);
  io.progress.update("asking the site");
  const checks = await diagnose(client, config, { scopes: true, signal });
  // One that is known already would only be found out again, in other words.
  const broken = checks.find(({ status, name }) => status === "failed" && name !== "scopes");
  if (broken === undefined) {
    io.progress.update("looking at the spaces");
    checks.push(
      await checkSpaces(client, await chooseSpaces(config, options.space, options.spaceId), signal),
    );
  }
  if (client.stats.bytesReceived > 0) checks.push(checkClock(Date.now() - client.serverNow()));
  const why = `because of the ${broken?.name ?? "connection"}`;
  return REMOTE.map((name) => checks.find((check) => check.name === name) ?? skipped(name, why));
}
