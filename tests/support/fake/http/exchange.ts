/** One request on its way through the fake: who asks what of which host. */
import type { FakeConfluence } from "../mod.ts";
import type { Account } from "../options.ts";
import type { Site } from "../site.ts";
import type { SiteState } from "../state/state.ts";
import type { Viewer } from "../state/visibility.ts";
import type { HostSet } from "./hosts.ts";

/** What handlers get. */
export class Exchange {
  /** Path parameters of the matched route. */
  params: Readonly<Record<string, string>> = {};
  /** Who asks, once that is known. */
  viewer: Viewer = { accountId: null };
  account: Account | null = null;
  /** Cuts the next listing to that many rows; set by a fault. */
  cutAt: number | null = null;
  /** The pages whose bodies are in the answer, and at which versions. */
  readonly bodiesOf: { readonly id: string; readonly version: number }[] = [];

  constructor(
    readonly fake: FakeConfluence,
    readonly request: Request,
    readonly url: URL,
    /** The way in: the site's own address or the gateway. */
    readonly mount: "site" | "gateway" | "media",
    readonly hosts: HostSet,
    /** The path without the gateway's prefix. */
    readonly path: string,
    /** Method and path pattern. */
    readonly endpoint: string,
    /** Fires when the caller gives up or the server goes down. */
    readonly signal: AbortSignal,
  ) {}

  get site(): Site {
    return this.fake.site;
  }

  get state(): SiteState {
    return this.fake.site.state;
  }

  get query(): URLSearchParams {
    return this.url.searchParams;
  }

  /** The site's address for links, never the gateway's: `https://site.atlassian.net/wiki`. */
  get base(): string {
    return `${this.mount === "site" ? this.url.origin : this.hosts.site}/wiki`;
  }

  /** A path parameter that the route's pattern has. */
  param(name: string): string {
    return this.params[name] ?? "";
  }
}
