/**
 * The questions. They come before the worker starts: which host it may reach is one of the answers.
 *
 * @module
 */
import { ConfluenceIndexError } from "../../errors.ts";
import type { BeforeStart, Prepared } from "../command.ts";
import { ask } from "./ask.ts";
import { terminal } from "./terminal.ts";

/** Asks, and lets the answers beat environment and `.env`. */
export function prepare({ environment, dotEnv }: BeforeStart): Promise<Prepared> {
  if (!Deno.stdin.isTerminal()) {
    throw new ConfluenceIndexError("usage", "Cannot configure: there is no terminal to ask on", {
      hint:
        "Set CONFLUENCE_BASE_URL, CONFLUENCE_EMAIL and CONFLUENCE_API_TOKEN in the environment, or write .env yourself.",
    });
  }
  const answers = ask(terminal, dotEnv);
  const shadowing = Object.entries(answers)
    .filter(([name, value]) => (environment[name]?.trim() || value) !== value)
    .map(([name]) => name);
  // A cloud id belongs to the site it was found at; it is found again.
  const cloudId = { CONFLUENCE_CLOUD_ID: undefined };
  return Promise.resolve({
    environment: { ...environment, ...answers, ...cloudId },
    dotEnv: { ...dotEnv, ...cloudId },
    notes: { shadowing },
  });
}
