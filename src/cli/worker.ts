/**
 * Where an action runs: a worker with the permissions its command needs and no others (see `permissions.ts`). It never
 * exits the process; it answers with an exit code.
 *
 * @module
 */
import { ConfluenceIndexError } from "../errors.ts";
import { ACTIONS } from "./actions.ts";
import { COMMANDS } from "./commands.ts";
import type { Config } from "./config.ts";
import { errorText } from "./error_text.ts";
import { EXIT_CODES } from "./exit_code.ts";
import type { GlobalOptions } from "./global_options.ts";
import { createIo, type Io, ReaderGone } from "./io.ts";
import type { FromWorker, Start, ToWorker } from "./messages.ts";
import { redactor } from "./secrets.ts";

/** The part of a worker's global scope that is used; the default types describe a window. */
interface WorkerScope {
  addEventListener(type: "message", listener: (event: MessageEvent<ToWorker>) => void): void;
  addEventListener(type: "error", listener: (event: ErrorEvent) => void): void;
  addEventListener(type: "unhandledrejection", listener: (event: PromiseRejectionEvent) => void): void;
  postMessage(message: FromWorker): void;
}

const scope = globalThis as unknown as WorkerScope;
const interrupt = new AbortController();
let io: Io | undefined;

scope.addEventListener("message", ({ data }) => {
  if (data.type === "start") {
    void run(data.start);
    return;
  }
  if (interrupt.signal.aborted) return;
  io?.err("Interrupted: finishing what is in hand; once more to stop at once\n");
  interrupt.abort(
    new ConfluenceIndexError("interrupted", "Cannot finish: it was interrupted", {
      hint: "What was committed is kept. Run it again to go on.",
    }),
  );
});

async function run(start: Start): Promise<void> {
  const { command: name, args, config, notes, facts } = start;
  const options = start.options as unknown as GlobalOptions;
  const command = COMMANDS.find((candidate) => candidate.name === name);
  const load = ACTIONS[name];
  if (command === undefined || load === undefined) throw new Error(`No action for ${name}`);
  const needs = command.needsWith?.(start.options) ?? command.needs;
  const redact = redactor(config);
  io = createIo({ facts, redact, outlivesReader: needs.database === "write" || needs.out });

  const finish = (code: number, hopeless = false): void => {
    io?.progress.end();
    scope.postMessage({ type: "exit", code, hopeless });
  };
  const fail = (error: unknown): void => {
    if (error instanceof ReaderGone) return finish(EXIT_CODES.complete);
    io?.progress.end();
    const { text, exitCode } = errorText(error, {
      color: facts.color && facts.stderrIsTerminal,
      trace: options.logLevel === "debug",
    });
    io?.err(text);
    finish(exitCode, error instanceof ConfluenceIndexError && error.code === "usage");
  };
  scope.addEventListener("error", (event) => {
    event.preventDefault();
    fail(event.error);
  });
  scope.addEventListener("unhandledrejection", (event) => {
    event.preventDefault();
    fail(event.reason);
  });

  try {
    if (needs.native || options.logLevel === "info" || options.logLevel === "debug") {
      const { configureLogging } = await import("./logging.ts");
      await configureLogging({
        level: options.logLevel,
        format: options.logFormat,
        write: (line) => io?.err(line),
        redact,
      });
    }
    const { action } = await load();
    finish(await action({ options: start.options, args, config, notes, io, signal: interrupt.signal }));
  } catch (error) {
    fail(needs.confluence === true && !interrupt.signal.aborted ? await diagnosed(error, config) : error);
  }
}

/** The error of a command that asks Confluence, with what `doctor` finds as its hint. */
async function diagnosed(error: unknown, config: Config): Promise<unknown> {
  const { isWorthDiagnosing, withDiagnosis } = await import("./doctor/hint.ts");
  if (!isWorthDiagnosing(error)) return error;
  io?.progress.update("looking for the cause");
  // Whatever goes wrong now, the error itself is what people must see.
  return await withDiagnosis(error, config, interrupt.signal).catch(() => error);
}
