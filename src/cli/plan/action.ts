import { openIndex } from "../../database/mod.ts";
import { plan } from "../../sync/mod.ts";
import type { Action } from "../command.ts";
import { connectConfluence } from "../connect.ts";
import { databaseOptions } from "../database_options.ts";
import { EXIT_CODES } from "../exit_code.ts";
import { LiveProgress } from "../ingest/live_progress.ts";
import { readingOptions } from "../ingest/reading.ts";
import { printableJson } from "../printable.ts";
import type { PlanOptions } from "./command.ts";
import { planJson } from "./json.ts";
import { summarizePlan } from "./summary.ts";

/** Finds out what an ingest would do, and prints it. */
export const action: Action = async (invocation) => {
  const options = invocation.options as unknown as PlanOptions;
  const { io, config, signal } = invocation;
  const reading = readingOptions(options, config);
  const url = config.databaseUrl!;
  await using index = await openIndex(url, { ...databaseOptions(config), mayBeMissing: true });
  const live = new LiveProgress(io.progress, () => performance.now());
  const client = connectConfluence(invocation, (wait) => live.onWait(wait));
  const planned = await plan({
    client,
    database: index,
    ...reading,
    signal,
    onEvent: (event) => live.onEvent(event),
  });
  io.progress.end();
  const format = options.format ?? (options.json || !io.stdoutIsTerminal ? "json" : "table");
  io.out(
    format === "json"
      ? `${printableJson(JSON.stringify(planJson(planned, client.siteUrl, url)))}\n`
      : summarizePlan(planned, Date.now()),
  );
  return planned.complete ? EXIT_CODES.complete : EXIT_CODES.incomplete;
};
