/**
 * From a parsed command line to a running worker. This is the launcher's side: it reads `.env` and the environment, and
 * does no network and no file writes.
 *
 * @module
 */
import { BUILD } from "./build.ts";
import { camelCase, type Command, type Prepared } from "./command.ts";
import { readDotEnv, resolveConfig, VARIABLES } from "./config.ts";
import { EXIT_CODES } from "./exit_code.ts";
import { interruptListener } from "./interrupts.ts";
import type { TerminalFacts } from "./io.ts";
import type { FromWorker, Start, ToWorker } from "./messages.ts";
import { derivePermissions, type WorkerPermissions } from "./permissions.ts";
import type { Outcome, RepeatOptions } from "./repeat.ts";
import { writeFully } from "./write_fully.ts";

/** What asks a program to end. */
const SIGNALS: readonly Deno.Signal[] = Deno.build.os === "windows"
  ? ["SIGINT", "SIGBREAK"]
  : ["SIGINT", "SIGTERM"];

/** What tests put in the place of time and chance. */
export type Schedule = Pick<RepeatOptions, "now" | "random" | "sleep">;

/**
 * Runs a command, once or with `--every` again and again; each time the configuration is read anew, and the worker gets what it
 * needs by then.
 *
 * @param command What to run.
 * @param flags What was typed.
 * @param args What stood without dashes.
 * @param schedule Time and chance of `--every`.
 * @returns The exit code.
 * @throws {ConfluenceIndexError} `usage` or `configuration`; nothing was run.
 */
export async function launch(
  command: Command,
  flags: ReadonlyMap<string, unknown>,
  args: readonly string[],
  schedule?: Schedule,
): Promise<number> {
  const every = flags.get("every");
  if (typeof every !== "number" || flags.get("dryRun") === true) {
    return (await launchOnce(command, flags, args)).code;
  }
  const { repeat, sleepUnlessAborted } = await import("./repeat.ts");
  const stop = new AbortController();
  const onSignal = (): void => stop.abort();
  // A service goes on when nobody reads what it says any more.
  const say = (text: string): void => {
    try {
      writeFully(Deno.stderr, text);
    } catch (error) {
      if (!(error instanceof Deno.errors.BrokenPipe)) throw error;
    }
  };
  for (const signal of SIGNALS) Deno.addSignalListener(signal, onSignal);
  try {
    return await repeat(() => launchOnce(command, flags, args), {
      now: () => performance.now(),
      random: Math.random,
      sleep: sleepUnlessAborted,
      ...schedule,
      every,
      signal: stop.signal,
      onPause: (ms) => {
        if (flags.get("quiet") === true) return;
        say(`next run at ${new Date(Date.now() + ms).toISOString().slice(0, 19)}Z\n`);
      },
      onError: async (error) => {
        const { errorText } = await import("./error_text.ts");
        say(errorText(error, { color: false, trace: false }).text);
      },
    });
  } finally {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, onSignal);
  }
}

/** Resolves the configuration, starts the worker and waits for its answer. */
async function launchOnce(
  command: Command,
  flags: ReadonlyMap<string, unknown>,
  args: readonly string[],
): Promise<Outcome> {
  const environment = Object.fromEntries(VARIABLES.map((name) => [name, Deno.env.get(name)]));
  const given: Prepared = { environment, dotEnv: await readDotEnv(".env"), notes: {} };
  const start = command.prepare === undefined ? given : await (await command.prepare()).prepare({
    ...given,
    resolve: async (...variables) => (await resolveConfig(command, flags, ...variables)).config,
  });
  const { config, options } = await resolveConfig(command, flags, start.environment, start.dotEnv);
  const needs = command.needsWith?.(options) ?? command.needs;
  const paths = (which: "reads" | "writes") =>
    command.options
      .filter((option) => option[which] === true)
      .map((option) => options[camelCase(option.name)])
      .filter((path) => typeof path === "string");
  const permissions = derivePermissions(
    needs,
    config,
    paths("reads"),
    options.dryRun === true,
    [...paths("writes"), ...(command.positional?.writes === true ? args : [])],
  );
  const facts = terminalFacts(options);
  return await work(
    { command: command.name, options, args, config, notes: start.notes, facts },
    permissions,
    {
      // A command that changes nothing has nothing to finish; and its worker may be deep inside one long statement.
      graceful: needs.database === "write" || needs.out,
    },
  );
}

function terminalFacts(options: Readonly<Record<string, unknown>>): TerminalFacts {
  const stdoutIsTerminal = Deno.stdout.isTerminal();
  return {
    stdinIsTerminal: Deno.stdin.isTerminal(),
    stdoutIsTerminal,
    stderrIsTerminal: Deno.stderr.isTerminal(),
    columns: columns(stdoutIsTerminal),
    color: !Deno.env.get("NO_COLOR") && options.noColor !== true,
    quiet: options.quiet === true,
  };
}

function columns(isTerminal: boolean): number {
  const asked = Number(Deno.env.get("COLUMNS"));
  if (Number.isInteger(asked) && asked > 0) return asked;
  if (!isTerminal) return Infinity;
  try {
    return Deno.consoleSize().columns || 80;
  } catch {
    return 80;
  }
}

async function work(
  start: Start,
  permissions: WorkerPermissions,
  options: { graceful: boolean },
): Promise<Outcome> {
  const worker = new Worker(new URL(BUILD.worker, import.meta.url), {
    type: "module",
    name: start.command,
    deno: { permissions: mutable(permissions) },
  });
  const send = (message: ToWorker): void => worker.postMessage(message);
  const answer = Promise.withResolvers<Outcome>();
  worker.addEventListener("message", ({ data }: MessageEvent<FromWorker>) => answer.resolve(data));
  worker.addEventListener(
    "messageerror",
    () => answer.reject(new Error("The worker's answer was not readable")),
  );
  worker.addEventListener("error", (event) => {
    event.preventDefault();
    // Only what happens before the worker can report by itself comes here, a module that does not load for example.
    answer.reject(new Error(event.message));
  });

  const stopNow = (): void => answer.resolve({ code: EXIT_CODES.interrupted, hopeless: false });
  const onSignal = interruptListener({
    first: options.graceful ? () => send({ type: "interrupt" }) : stopNow,
    again: stopNow,
    now: () => performance.now(),
  });
  for (const signal of SIGNALS) Deno.addSignalListener(signal, onSignal);
  try {
    send({ type: "start", start });
    return await answer.promise;
  } finally {
    for (const signal of SIGNALS) Deno.removeSignalListener(signal, onSignal);
    worker.terminate();
  }
}

/** The form Deno's types ask for; an empty list stays empty, which grants nothing. */
function mutable(permissions: WorkerPermissions): Deno.PermissionOptionsObject {
  const { net, read, write, env, sys, ffi, run, import: imports } = permissions;
  return {
    net: [...net],
    read: [...read],
    write: [...write],
    env: [...env],
    sys: [...sys],
    ffi,
    run,
    import: imports,
  };
}
