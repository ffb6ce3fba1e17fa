/**
 * A stateful fake of Confluence Cloud's REST API: v2, and the parts of v1 that are still alive. Use it as an
 * injected `fetch`, or serve it over HTTP. It imitates what was measured on live sites, oddities included.
 *
 * @module
 */
import { Counters } from "./counters.ts";
import { Faults } from "./faults.ts";
import { BurstBucket } from "./http/burst.ts";
import { answer } from "./http/handle.ts";
import { injectedFetch } from "./http/injected.ts";
import { Hosts, type HostSet } from "./http/hosts.ts";
import { Router } from "./http/router.ts";
import { MediaTokens } from "./http/media.ts";
import { DEFAULT_ACCOUNT, type FakeOptions, toAccount, toSettings } from "./options.ts";
import { ROUTES } from "./routes/mod.ts";
import { type RunningFake, serveFake } from "./serve.ts";
import { Site } from "./site.ts";
import { CqlRunner } from "./search/cql_query.ts";
import { seededRandom } from "./state/random.ts";

export type { Account, AccountOptions, FakeClock, FakeOptions, SearchSettings, Settings } from "./options.ts";
export { DEFAULT_ACCOUNT } from "./options.ts";
export { Counters, type LogEntry } from "./counters.ts";
export {
  type FaultKind,
  type FaultMatch,
  type FaultRequest,
  type FaultRule,
  Faults,
  type RequestHook,
} from "./faults.ts";
export { ConnectionReset } from "./http/fault_effects.ts";
export { loadSite } from "./load.ts";
export type { SeenAttachment, SeenPage } from "./seen.ts";
export type { RunningFake } from "./serve.ts";
export { Site } from "./site.ts";
export { SiteError } from "./verbs/context.ts";
export type { AttachmentRecord, CommentRecord, ContentRecord, SpaceRecord, Status } from "./state/records.ts";

/** The fake: a site with verbs, faults and counters, behind `fetch` or HTTP. */
export class FakeConfluence {
  /** The state and the verbs that change it. */
  readonly site: Site;
  /** What goes wrong. */
  readonly faults: Faults;
  /** What was asked. */
  readonly counters = new Counters();
  /** Injected use: answers for the site's, gateway's and media origin, and refuses every other host. */
  readonly fetch: typeof fetch;
  /** The origins of injected use. */
  readonly hosts: HostSet;
  /** Every origin it answers on, the served ones included. For the fake itself. */
  readonly origins = new Hosts();
  /** For the fake itself. */
  readonly router = new Router(ROUTES);
  /** For the fake itself. */
  readonly media: MediaTokens;
  /** For the fake itself. */
  readonly burst = new BurstBucket();
  /** For the fake itself. */
  readonly cql = new CqlRunner();
  /** Randomness of answers, apart from the site's so that requests do not change what verbs make. */
  readonly requestRandom: () => number;
  #nonce = 0;

  constructor(options: FakeOptions = {}) {
    const random = seededRandom(options.seed ?? 1);
    this.site = new Site({
      accounts: (options.accounts ?? [DEFAULT_ACCOUNT]).map(toAccount),
      settings: toSettings(options.settings),
      clock: options.clock ?? { now: () => Date.now() },
      cloudId: options.cloudId ?? "11223344-a1b2-3b33-c444-def123456789",
      name: options.siteName ?? "Fake Site",
      random,
    });
    this.faults = new Faults(seededRandom((options.seed ?? 1) + 7919));
    this.requestRandom = seededRandom((options.seed ?? 1) + 104_729);
    this.media = new MediaTokens(this.requestRandom);
    this.hosts = {
      site: options.origin ?? "https://fake.atlassian.net",
      gateway: options.gatewayOrigin ?? "https://api.atlassian.com",
      media: options.mediaOrigin ?? "https://api.media.atlassian.com",
    };
    this.origins.add(this.hosts);
    this.fetch = injectedFetch(this);
  }

  /** The site's address for clients: `https://fake.atlassian.net/wiki`. */
  get baseUrl(): string {
    return `${this.hosts.site}/wiki`;
  }

  /**
   * The one function behind `fetch` and `serve`.
   *
   * @param signal Ends what waits; the request's own signal when left out.
   * @throws {ConnectionReset} where a fault breaks the connection.
   */
  handle(request: Request, signal?: AbortSignal): Promise<Response> {
    return answer(this, request, signal ?? request.signal);
  }

  /** Serves over HTTP on loopback: site, gateway and media each on a port of their own. */
  serve(options: { readonly port?: number } = {}): Promise<RunningFake> {
    return serveFake(this, options);
  }

  /** A number that was not used before, for cursors of equal places. For the fake itself. */
  nextNonce(): number {
    return ++this.#nonce;
  }
}
