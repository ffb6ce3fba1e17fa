import { ConfluenceIndexError } from "../../errors.ts";
import type { Variables } from "../config.ts";
import { printable } from "../printable.ts";
import { readSiteAddress } from "./site_address.ts";
import type { Terminal } from "./terminal.ts";

/** What `configure` asks for, by variable. */
export interface Answers {
  readonly CONFLUENCE_BASE_URL: string;
  readonly CONFLUENCE_EMAIL: string;
  readonly CONFLUENCE_API_TOKEN: string;
}

const TRIES = 3;
const TOKENS = "https://id.atlassian.com/manage-profile/security/api-tokens";

/**
 * Asks for site, e-mail and token. What `.env` has already is offered; replacing it is asked for.
 *
 * @param terminal Whom to ask.
 * @param dotEnv What `.env` holds.
 * @returns The answers, nothing sent or written yet.
 * @throws {ConfluenceIndexError} `usage`, when there is no usable answer or replacing was refused.
 */
export function ask(terminal: Terminal, dotEnv: Variables): Answers {
  const answers: Answers = {
    CONFLUENCE_BASE_URL: askSite(terminal, dotEnv.CONFLUENCE_BASE_URL),
    CONFLUENCE_EMAIL: askUntil(terminal, (question) => terminal.ask(question), {
      what: "E-mail of your Atlassian account",
      known: dotEnv.CONFLUENCE_EMAIL,
      read: (text) =>
        /^[^\s:@]+@[^\s:@]+$/.test(text) ? { value: text } : { why: "this is no e-mail address" },
    }),
    CONFLUENCE_API_TOKEN: askToken(terminal, dotEnv.CONFLUENCE_API_TOKEN),
  };
  const replaced = Object.entries(answers).filter(([name, value]) => {
    const before = dotEnv[name]?.trim() ?? "";
    return before !== "" && before !== value;
  }).map(([name]) => name);
  if (replaced.length > 0 && !confirm(terminal, `Replace ${replaced.join(", ")} in .env?`)) throw declined();
  return answers;
}

function askSite(terminal: Terminal, known: string | undefined): string {
  const url = askUntil(terminal, (question) => terminal.ask(question), {
    what: "Confluence site, like your-site.atlassian.net",
    known,
    read: (text) => {
      const address = readSiteAddress(text);
      return address.ok ? { value: address.url } : { why: address.why };
    },
  });
  const address = readSiteAddress(url);
  const expected = address.ok && address.expected;
  const { host } = new URL(url);
  if (!expected && !confirm(terminal, `${host} is no atlassian.net site. Send your token there?`)) {
    throw declined();
  }
  return url;
}

function askToken(terminal: Terminal, known: string | undefined): string {
  terminal.tell(`An API token is made at ${TOKENS}\n`);
  return askUntil(terminal, (question) => terminal.askSecret(question), {
    what: "API token, not shown while you paste it",
    known,
    shown: "the one in .env",
    // Whatever else it is, it must fit into a header and a line of .env.
    read: (text) => /^[\x21-\x7e]{8,}$/.test(text) ? { value: text } : { why: "this is no API token" },
  });
}

interface Question {
  readonly what: string;
  /** What an empty answer stands for. */
  readonly known: string | undefined;
  /** Shown in place of what is known. */
  readonly shown?: string;
  read(text: string): { readonly value: string } | { readonly why: string };
}

function askUntil(terminal: Terminal, put: (question: string) => string | null, question: Question): string {
  const known = question.known?.trim() ?? "";
  const offer = known === "" ? "" : ` [${question.shown ?? printable(known)}]`;
  for (let i = 0; i < TRIES; i++) {
    const text = put(`${question.what}${offer}:`);
    if (text === null) break;
    const typed = text.trim();
    const answer = question.read(typed === "" ? known : typed);
    if ("value" in answer) return answer.value;
    terminal.tell(`${answer.why}\n`);
  }
  throw new ConfluenceIndexError("usage", "Cannot configure: a question was left without a usable answer", {
    hint: "Nothing was written. Run it again.",
  });
}

function confirm(terminal: Terminal, question: string): boolean {
  return /^y(es)?$/i.test(terminal.ask(`${question} [y/N]`)?.trim() ?? "");
}

function declined(): ConfluenceIndexError {
  return new ConfluenceIndexError("usage", "Cannot configure: you did not agree", {
    hint: "Nothing was written.",
  });
}
