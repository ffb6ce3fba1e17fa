/**
 * What SQLite and libSQL say, turned into what a user can do.
 *
 * @module
 */
import { ConfluenceIndexError, type ErrorCode } from "../errors.ts";

/** A server that cannot be reached, or does not answer in time. */
export class ServerAwayError extends ConfluenceIndexError {
  override name = "ServerAwayError";
}

/** A row that a server takes none as large as; a file takes all that there are. */
export class RowTooLargeError extends ConfluenceIndexError {
  override name = "RowTooLargeError";
}

const TOO_LARGE = "a row is larger than the database server takes";
const AWAY = "the database server did not answer";

const EXPLANATIONS: readonly [RegExp, ErrorCode, string, string][] = [
  [
    /SQLITE_BUSY|SQLITE_LOCKED|TRANSACTION_TIMEOUT|database is locked/,
    "locked",
    "another program is writing to it",
    "Wait for the other program to end, then run again. Nothing was lost.",
  ],
  [
    /SQLITE_NOTADB|file is not a database/,
    "database",
    "the file is not an SQLite database",
    "Point --db at another file; this one was left as it is.",
  ],
  [
    /SQLITE_CORRUPT|malformed/,
    "database",
    "the file is damaged",
    "Restore it from a backup, or move it away and ingest again.",
  ],
  [
    /SQLITE_FULL|disk is full/,
    "database",
    "the disk is full",
    "Free some space and run again; what was committed is kept, and an ingest goes on there.",
  ],
  [
    /SQLITE_READONLY|readonly database|read-only/i,
    "database",
    "the database is read-only",
    "Check the file's permissions or the token's rights.",
  ],
  [
    /SQLITE_CANTOPEN|ConnectionFailed|unable to open/i,
    "database",
    "the file cannot be opened",
    "Check that the folder exists and that you may write to it.",
  ],
  [
    /SQLITE_IOERR|disk I\/O error/,
    "database",
    "the disk is full, reported an error, or the file is damaged",
    "Look whether the disk is full, and free some space. Only where it is not: check the disk, then restore the file from a backup, or move it away and ingest again.",
  ],
  [
    /no answer within [\d.]+ s/,
    "database",
    `${AWAY} in time`,
    "Look after the server, or give it longer with CONFLUENCE_INDEX_DB_TIMEOUT, then run again; an ingest goes on where it stopped.",
  ],
  [
    /SQLITE_TOOBIG|string or blob too big/,
    "database",
    TOO_LARGE,
    "A file takes longer pages than a server does: see --db.",
  ],
  [
    /RESPONSE_TOO_LARGE|Response is too large/,
    "database",
    "the answer is larger than the database server gives",
    "Ask for fewer rows or columns. On a server of your own, --max-response-size allows more.",
  ],
  [
    /BLOCKED: /,
    "database",
    "the database server has been closed for this by its operator",
    "It may be maintenance, or the limit of a plan. Run again when it is open; an ingest goes on where it stopped.",
  ],
  [
    /HTTP status 403|Forbidden/i,
    "database",
    "the database server does not let this token do that",
    "What writes (ingest, reconvert, prune) needs a token that may write; one that only reads is enough for query and status.",
  ],
  [
    /HTTP status 401|Unauthorized|SQLITE_AUTH|AUTH_/i,
    "database",
    "the database server refused the token",
    "Check CONFLUENCE_INDEX_DB_TOKEN.",
  ],
  [
    /HTTP status 4\d\d/,
    "database",
    "the server does not answer as a database server does",
    "Check --db: it names another kind of server, or a database that the server does not have; and CONFLUENCE_INDEX_DB_TOKEN, which may be for another.",
  ],
  [
    /ECONNREFUSED|error sending request|Connection refused|fetch failed|dns error|the connection failed|HRANA|SERVER_ERROR/i,
    "database",
    AWAY,
    "Check --db and the network, then run again; an ingest goes on where it stopped.",
  ],
];

/**
 * Wraps a driver's error; errors that already speak to users pass unchanged.
 *
 * @param error What was thrown.
 * @param action What failed, such as `Cannot open the index file:var/confluence.db`.
 */
export function explainDatabaseError(error: unknown, action: string): Error {
  if (error instanceof ConfluenceIndexError) return error;
  const text = describe(error);
  for (const [pattern, code, finding, hint] of EXPLANATIONS) {
    if (pattern.test(text)) {
      const Explained = finding.startsWith(AWAY)
        ? ServerAwayError
        : finding === TOO_LARGE
        ? RowTooLargeError
        : ConfluenceIndexError;
      return new Explained(code, `${action}: ${finding}`, { hint, cause: error });
    }
  }
  return error instanceof Error ? error : new Error(`${action}: ${text}`);
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = "code" in error ? String(error.code) : "";
  const cause = error.cause === undefined ? "" : describe(error.cause);
  return `${code} ${error.name} ${error.message} ${cause}`;
}
