/** A client on a fake Confluence without sockets, both living by one virtual clock. */
import {
  ConfluenceClient,
  type ConfluenceClientOptions,
  type Listing,
  type Wait,
} from "../../src/confluence/mod.ts";
import { VirtualClock } from "../support/clock.ts";
import { FakeConfluence, type FakeOptions } from "../support/fake/mod.ts";

/** The token of the fake's default account. */
export const TOKEN = "test-token-ana";
/** The e-mail address of the fake's default account. */
export const EMAIL = "ana@example.com";

/** What a test works with. */
export interface Setup {
  readonly fake: FakeConfluence;
  readonly clock: VirtualClock;
  readonly client: ConfluenceClient;
  /** Every wait the client told of. */
  readonly waits: Wait[];
  /** Reads a whole list, waits included. */
  all<T>(listing: Listing<T>): Promise<T[]>;
  /** Settles a call, waits included. */
  run<T>(promise: Promise<T>): Promise<T>;
}

/** Options of {@linkcode setup}. */
export interface SetupOptions {
  readonly fake?: FakeOptions;
  readonly client?: Partial<ConfluenceClientOptions>;
  /** Goes through the gateway. */
  readonly gateway?: boolean;
}

/** Makes a fake with an empty site and a client for it. Jitter is 1 unless `client.random` says otherwise. */
export function setup(options: SetupOptions = {}): Setup {
  const clock = new VirtualClock();
  const fake = new FakeConfluence({ clock, ...options.fake });
  const waits: Wait[] = [];
  const client = new ConfluenceClient({
    baseUrl: fake.baseUrl,
    email: EMAIL,
    apiToken: TOKEN,
    fetch: fake.fetch,
    clock,
    random: () => 0.5,
    onWait: (wait) => waits.push(wait),
    ...(options.gateway === true ? { cloudId: fake.site.cloudId } : {}),
    ...options.client,
  });
  const run = <T>(promise: Promise<T>) => clock.run(promise);
  return { fake, clock, client, waits, run, all: (listing) => run(Array.fromAsync(listing)) };
}

/** A space `DOCS` with so many pages of one version, titles `Page 1` …; gives space and page ids. */
export function addDocs(fake: FakeConfluence, pages: number): { spaceId: string; pageIds: string[] } {
  const space = fake.site.addSpace({ key: "DOCS", name: "Documents" });
  const pageIds = Array.from(
    { length: pages },
    (_, index) =>
      fake.site.addPage({ spaceKey: "DOCS", title: `Page ${index + 1}`, body: `<p>Body ${index + 1}</p>` })
        .id,
  );
  return { spaceId: space.id, pageIds };
}

/** The methods and URLs the fake was asked, without origin. */
export function asked(fake: FakeConfluence): string[] {
  return fake.counters.log.map((entry) => entry.url.slice(new URL(entry.url).origin.length));
}
