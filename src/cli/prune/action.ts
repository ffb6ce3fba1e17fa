import { ConfluenceIndexError } from "../../errors.ts";
import { countPrunable, openIndex, type PruneCounts, type PruneRules } from "../../database/reader.ts";
import type { Action, Invocation } from "../command.ts";
import { EXIT_CODES } from "../exit_code.ts";
import type { PruneCommandOptions } from "./command.ts";
import { inJson, inWords } from "./words.ts";

/** Says what is old enough to go, and with `--yes` removes it. */
export const action: Action = async (invocation) => {
  const options = invocation.options as unknown as PruneCommandOptions;
  const { io } = invocation;
  const rules = rulesOf(options, Date.now());
  io.progress.update("looking for what is old");
  const { counts, complete, saved } = options.yes
    ? await removeNow(invocation, options, rules)
    : { counts: await preview(invocation, rules), complete: true, saved: null };
  io.progress.end();
  io.out(
    options.json
      ? `${JSON.stringify(inJson(counts, { removed: options.yes, complete, saved }))}\n`
      : inWords(counts, { removed: options.yes, folder: `${options.out}/runs`, saved }),
  );
  if (!options.quiet && !options.yes) io.err("nothing was removed; with --yes it will be\n");
  if (!options.quiet && !complete) io.err("interrupted: run it again to go on\n");
  return complete ? EXIT_CODES.complete : EXIT_CODES.interrupted;
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
  if (Object.values(rules).some((rule) => rule !== null) || options.compact) return rules;
  throw new ConfluenceIndexError("usage", "Cannot prune: nothing says what may go", {
    hint:
      "Name at least one: --versions-older-than 180d, --keep-versions 10, --tombstones-older-than 1y, --runs-older-than 30d.",
  });
}

async function preview({ config }: Invocation, rules: PruneRules): Promise<PruneCounts> {
  await using index = await openIndex(config.databaseUrl!, { token: config.databaseToken ?? undefined });
  return await countPrunable(index, rules);
}

async function removeNow(
  { config, io, signal }: Invocation,
  options: PruneCommandOptions,
  rules: PruneRules,
): Promise<{ counts: PruneCounts; complete: boolean; saved: number | null }> {
  const [{ connectExistingDatabase }, { prune }, { removeRunArtifacts }] = await Promise.all([
    import("../connect.ts"),
    import("../../sync/mod.ts"),
    import("../../export/mod.ts"),
  ]);
  await using database = await connectExistingDatabase(config);
  const { counts, complete } = await prune({
    database,
    rules,
    removeRunFiles: async (id) => void await removeRunArtifacts(config.outDir!, id),
    wait: options.wait,
    signal,
    onProgress: (rows) => io.progress.update(`removing: ${rows} versions`),
  });
  if (!options.compact || !complete) return { counts, complete, saved: null };
  io.progress.update("compacting");
  return { counts, complete, saved: await database.compact() };
}
