import type { Config } from "./config.ts";
import type { TerminalFacts } from "./io.ts";

/** What a worker gets to start with. */
export interface Start {
  readonly command: string;
  readonly options: Readonly<Record<string, unknown>>;
  readonly args: readonly string[];
  readonly config: Config;
  readonly notes: Readonly<Record<string, unknown>>;
  readonly facts: TerminalFacts;
}

/** From the launcher to the worker. */
export type ToWorker =
  | { readonly type: "start"; readonly start: Start }
  | { readonly type: "interrupt" };

/** From the worker to the launcher. */
export interface FromWorker {
  readonly type: "exit";
  readonly code: number;
  /** Whether the same command line can never work. */
  readonly hopeless: boolean;
}
