/** Sites that are open to everybody, pages with a past, and runs that something happens to. */
import { ConfluenceClient } from "../../src/confluence/mod.ts";
import { openDatabase } from "../../src/database/mod.ts";
import { ingest, type IngestOptions, type IngestResult, type SyncEvent } from "../../src/sync/mod.ts";
import type { FakeConfluence } from "../support/fake/mod.ts";
import { addPages, type Bench, DAY, MINUTE, withBench } from "./setup.ts";

/** A request as the fake shows it. */
type Asked = Parameters<Parameters<FakeConfluence["faults"]["onRequest"]>[0]>[0];

/** The requests that are struck most: the listing of a space, the search, pages by their ids, the attachments of a page. */
export const LISTING = { endpoint: "GET /wiki/api/v2/spaces/{id}/pages" };
export const SEARCH = { endpoint: "GET /wiki/rest/api/content/search" };
export const BY_IDS = { endpoint: "GET /wiki/api/v2/pages" };
export const ATTACHMENTS_OF = { endpoint: "GET /wiki/api/v2/pages/{id}/attachments" };

/** Space PUB on a site that is open to everybody; the account, and a wish for that space. */
export function openSite({ site }: Bench) {
  const account = site.accounts[0]!;
  site.settings.anonymousAccess = true;
  site.addSpace({ key: "PUB", isPublic: true });
  return { account, wish: { selection: { keys: ["PUB"] } } };
}

/** A day later a newer page, so that what was there before lies well behind the mark. */
export function age({ site, pass }: Bench, spaceKey: string): void {
  pass(DAY);
  site.addPage({ spaceKey, title: `newer than the rest of ${spaceKey}` });
}

/** A page with a past that the index does not hold, shown to this account now and edited. */
export function arrive(
  { site, pass }: Bench,
  id: string,
  visibleTo: readonly string[] | null = null,
): void {
  if (visibleTo === null) site.unhidePage(id);
  else site.hidePage(id, visibleTo);
  site.editPage(id, {});
  pass(MINUTE);
}

/** A run that is killed at a request. */
export async function killed(
  { fake, ingest }: Bench,
  wish: Partial<IngestOptions>,
  isMeant: (request: Asked) => boolean | undefined,
): Promise<IngestResult> {
  const abort = new AbortController();
  const stop = fake.faults.onRequest((request) => {
    if (isMeant(request)) abort.abort(new Error("killed"));
  });
  const result = await ingest({ ...wish, signal: abort.signal });
  stop();
  return result;
}

/** A run whose token ends at a request; half an hour later the account has another. */
export async function blinded(
  { fake, site, ingest, pass }: Bench,
  wish: Partial<IngestOptions>,
  isMeant: (request: Asked) => boolean | undefined,
): Promise<IngestResult> {
  const account = site.accounts[0]!;
  const stop = fake.faults.onRequest((request) => {
    if (isMeant(request)) account.revoked = true;
  });
  const result = await ingest(wish);
  stop();
  Object.assign(account, { revoked: false, token: "its-successor" });
  pass(30 * MINUTE);
  return result;
}

/** Stands still, by the clock of the test, until something has come about. */
export async function until({ clock }: Bench, done: () => boolean): Promise<void> {
  while (!done()) await clock.sleep(20);
}

/** A run of another process: its own connection, its own client. */
export async function another(
  { fake, clock }: Bench,
  url: string,
  wishes: Partial<IngestOptions>,
) {
  await using database = await openDatabase(url);
  return await clock.run(ingest({ client: patient(fake, clock), database, clock, ...wishes }));
}

/** A client that waits long for an answer. */
export function patient(fake: Bench["fake"], clock: Bench["clock"]): ConfluenceClient {
  const account = fake.site.accounts[0]!;
  return new ConfluenceClient({
    baseUrl: fake.baseUrl,
    email: account.email,
    apiToken: account.token,
    fetch: fake.fetch,
    clock,
    random: () => 0.5,
    limits: { requestsPerSecond: 1000, timeoutMs: 3_600_000 },
  });
}

/** Tells when a space of a run has ended. */
export function atEnd(key: string, ended: () => void): (event: SyncEvent) => void {
  return (event) => {
    if (event.type === "space_ended" && event.space.key === key) ended();
  };
}

/** Takes a row out of an answer. */
export function without(id: string): (body: unknown) => unknown {
  return (body) => {
    const { results, ...rest } = body as { results: { id: string }[] };
    return { ...rest, results: results.filter((row) => row.id !== id) };
  };
}

/** Five pages of DOCS, of which the first has three versions. */
export async function withVersions(work: (bench: Bench, id: string) => Promise<void>): Promise<void> {
  await withBench(async (bench) => {
    const [id] = addPages(bench.site, "DOCS", 5);
    addPages(bench.site, "TEAM", 2);
    for (const text of ["a secret", "no secret"]) {
      bench.pass(DAY);
      bench.site.editPage(id!, { body: `<p>${text}</p>` });
    }
    bench.pass(DAY);
    await work(bench, id!);
  });
}

/** The row as it was before its first edit. */
export function outdated(row: Record<string, unknown>) {
  return { ...row, version: { ...(row.version as object), number: 1, createdAt: row.createdAt } };
}
