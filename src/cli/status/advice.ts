/**
 * What to do about failures on record.
 *
 * @module
 */

const ADVICE: Readonly<Record<string, string>> = {
  body:
    "Confluence cannot deliver the body. Open the page there: a macro or its size may break it. Ingest tries it again by itself.",
  invalid:
    "Confluence answered with something this program cannot read. Please report it with the message. Ingest tries it again by itself.",
  "changed meanwhile": "The page changed while it was read. The next ingest reads it.",
  absent:
    "The API leaves the page out: it is restricted, moved or deleted. ingest --reconcile finds out which.",
  doubtful:
    "Whether it is gone cannot be told, so it was kept. Check that this account may view it; ingest --reconcile looks again.",
  "too large":
    "A libSQL server takes no row above some megabytes, body and text together: shorten or split the page, or keep the index in a file (--db). Ingest tries it again by itself.",
  unreadable: "The attachments of the page cannot be listed. Ingest tries them again by itself.",
  labels: "The labels of the page cannot be read. Ingest tries them again by itself.",
  comment: "The comment cannot be read. Ingest tries it again by itself.",
  authentication: "Check CONFLUENCE_API_TOKEN and its scopes, and that this account may view the space.",
  not_found: "Check that the space is still there and that this account may view it.",
  rate_limit: "The site asked to slow down for too long. Run again later, with a lower --rps.",
  network: "The site could not be reached. Check the network, then run again.",
  response:
    "The site answered with something unexpected. Run again; if it stays, please report it with the message.",
};

const OTHERWISE = "The message says what was found. Run ingest again; if it stays, please report it.";

/**
 * What a person can do about a failure.
 *
 * @param reason The word on record.
 */
export function adviceOn(reason: string): string {
  return ADVICE[reason] ?? OTHERWISE;
}
