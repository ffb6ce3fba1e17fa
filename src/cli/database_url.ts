import { ConfluenceIndexError } from "../errors.ts";

/** Where the index is, as far as permissions care. */
export type DatabasePlace =
  | { readonly kind: "file"; readonly url: string; readonly path: string }
  | { readonly kind: "memory"; readonly url: string }
  | { readonly kind: "server"; readonly url: string; readonly host: string };

/**
 * Reads what `--db` says.
 *
 * @param text A `file:` URL, a plain path, `:memory:`, or the URL of a libSQL server.
 * @param name What to call it in messages: `--db`, `CONFLUENCE_INDEX_DB`.
 * @throws {ConfluenceIndexError} `configuration`; the text is not repeated, for it may hold a secret.
 */
export function readDatabaseUrl(text: string, name: string): DatabasePlace {
  if (text === ":memory:" || text === "file::memory:") return { kind: "memory", url: ":memory:" };
  // Drive letters of Windows are one letter long, schemes are longer.
  const scheme = /^([a-z][a-z0-9+.-]+):/i.exec(text)?.[1]?.toLowerCase();
  if (scheme === undefined) {
    return { kind: "file", url: `file:${text.replace(/[%?#]/g, encodeURIComponent)}`, path: text };
  }
  if (scheme === "file") return readFile(text, name);
  if (!["libsql", "http", "https", "ws", "wss"].includes(scheme)) {
    throw refusal(name, `${scheme}: is not a kind of database it knows`);
  }
  if (!URL.canParse(text)) throw refusal(name, "it is not a URL");
  const url = new URL(text);
  if (url.username !== "" || url.password !== "" || /token|jwt/i.test(url.search)) {
    throw new ConfluenceIndexError("configuration", `Cannot use ${name}: it carries a secret`, {
      hint: "Put the token into CONFLUENCE_INDEX_DB_TOKEN and leave the URL without it.",
    });
  }
  const secure = scheme === "https" || scheme === "wss" ||
    (scheme === "libsql" && url.searchParams.get("tls") !== "0");
  const port = url.port === "" ? (secure ? "443" : "80") : url.port;
  return { kind: "server", url: text, host: `${url.hostname}:${port}` };
}

function readFile(text: string, name: string): DatabasePlace {
  const rest = text.slice("file:".length);
  const [, authority, path] = /^(?:\/\/([^/]*))?(.*)$/s.exec(rest.replace(/[?#].*$/s, "")) ?? [];
  if (authority !== undefined && authority !== "" && authority !== "localhost") {
    throw refusal(name, "a file: URL starts with one slash, three, or none");
  }
  if (path === undefined || path === "") throw refusal(name, "it names no file");
  try {
    return { kind: "file", url: `file:${path}`, path: decodeURIComponent(path) };
  } catch {
    throw refusal(name, "its % signs do not decode");
  }
}

function refusal(name: string, finding: string): ConfluenceIndexError {
  return new ConfluenceIndexError("configuration", `Cannot use ${name}: ${finding}`, {
    hint:
      "Write a path like var/confluence.db, file:var/confluence.db, or a server like libsql://name.example.org.",
  });
}
