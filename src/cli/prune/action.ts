import { ConfluenceIndexError } from "../../errors.ts";
import {
  countPrunable,
  openIndex,
  type PruneRules,
  type Readable,
  stayingFiles,
} from "../../database/reader.ts";
import type { Action, Invocation } from "../command.ts";
import { databaseOptions } from "../database_options.ts";
import { EXIT_CODES } from "../exit_code.ts";
import type { PruneCommandOptions } from "./command.ts";
import { inJson, inWords, type Outcome, whatNext } from "./words.ts";

/** Says what is old enough to go, and with `--yes` removes it. */
export const action: Action = async (invocation) => {
  const options = invocation.options as unknown as PruneCommandOptions;
  const { io } = invocation;
  const rules = rulesOf(options, Date.now());
  io.progress.update("looking for what is old");
  const outcome = options.yes
    ? await removeNow(invocation, options, rules)
    : await preview(invocation, options, rules);
  io.progress.end();
  io.out(options.json ? `${JSON.stringify(inJson(outcome))}\n` : inWords(outcome, `${options.out}/runs`));
  if (!options.quiet && !options.yes) io.err(whatNext(outcome, options.compact));
  if (!options.quiet && !outcome.complete) io.err("interrupted: run it again to go on\n");
  return outcome.complete ? EXIT_CODES.complete : EXIT_CODES.interrupted;
};

function rulesOf(options: PruneCommandOptions, now: number): PruneRules {
  const before = (span: number | undefined) =>
    span === undefined ? null : new Date(Math.max(0, now - span)).toISOString();
  const rules = {
    versionsReplacedBefore: before(options.versionsOlderThan),
    keepVersions: options.keepVersions ?? null,
    tombstonesBefore: before(options.tombstonesOlderThan),
    runsBefore: before(options.runsOlderThan),
  };
  const asked = Object.values(rules).some((rule) => rule !== null) || options.attachments || options.compact;
  if (asked) return rules;
  throw new ConfluenceIndexError("usage", "Cannot prune: nothing says what may go", {
    hint:
      "Name at least one: --versions-older-than 180d, --keep-versions 10, --tombstones-older-than 1y, --runs-older-than 30d, --attachments.",
  });
}

async function preview(
  { config }: Invocation,
  options: PruneCommandOptions,
  rules: PruneRules,
): Promise<Outcome> {
  await using index = await openIndex(config.databaseUrl!, databaseOptions(config));
  const files = { n: 0, bytes: 0 };
  if (options.attachments) {
    await eachUnreferenced(index, config.outDir!, rules, ({ bytes }) => {
      files.n++;
      files.bytes += bytes;
      return Promise.resolve();
    });
  }
  return { removed: false, complete: true, counts: await countPrunable(index, rules), files, saved: null };
}

async function removeNow(
  { config, io, signal }: Invocation,
  options: PruneCommandOptions,
  rules: PruneRules,
): Promise<Outcome> {
  const [{ connectExistingDatabase }, { prune }, { removeRunArtifacts }] = await Promise.all([
    import("../connect.ts"),
    import("../../sync/mod.ts"),
    import("../../export/mod.ts"),
  ]);
  await using database = await connectExistingDatabase(config);
  const files = { n: 0, bytes: 0 };
  const removeFiles = () =>
    eachUnreferenced(database, config.outDir!, rules, async ({ path, bytes }) => {
      await Deno.remove(path);
      files.n++;
      files.bytes += bytes;
    });
  const { counts, complete } = await prune({
    database,
    rules,
    removeRunFiles: async (id) => void await removeRunArtifacts(config.outDir!, id),
    removeFiles: options.attachments ? removeFiles : undefined,
    wait: options.wait,
    signal,
    onProgress: (rows) => io.progress.update(`removing: ${rows} versions`),
  });
  if (!options.compact || !complete) return { removed: true, complete, counts, files, saved: null };
  io.progress.update("compacting");
  return { removed: true, complete, counts, files, saved: await database.compact() };
}

async function eachUnreferenced(
  index: Readable,
  out: string,
  rules: PruneRules,
  work: (file: { readonly path: string; readonly bytes: number }) => Promise<void>,
): Promise<void> {
  const { unreferencedFiles } = await import("../../export/mod.ts");
  const staying = (first: string, last: string) => stayingFiles(index, rules, first, last);
  for await (const file of unreferencedFiles(out, staying, Date.now())) await work(file);
}
