import type { Bases } from "./links.ts";
import { log } from "./log.ts";

/** Which way requests go: to the site, until a scoped token turns them to the gateway. */
export class Route {
  #bases: Bases;
  #turned = false;
  #turning: Promise<void> | undefined;
  readonly #findGateway: ((signal: AbortSignal) => Promise<Bases>) | undefined;

  /**
   * @param bases Where requests go at first.
   * @param findGateway Finds the way through the gateway; left out, there is none.
   */
  constructor(bases: Bases, findGateway?: (signal: AbortSignal) => Promise<Bases>) {
    this.#bases = bases;
    this.#findGateway = findGateway;
  }

  /** Where requests go now. */
  get bases(): Bases {
    return this.#bases;
  }

  /**
   * Turns to the gateway. Its address is looked for once, whoever needs it first.
   *
   * @returns Whether requests go there now.
   * @throws The reason of an aborted signal.
   */
  async turnToGateway(signal: AbortSignal): Promise<boolean> {
    const find = this.#findGateway;
    if (find === undefined) return false;
    this.#turning ??= find(signal).then((bases) => {
      this.#bases = bases;
      this.#turned = true;
      log.info("the site refuses this token like a scoped one: going on through {gateway}", {
        gateway: bases.requestBase,
      });
    });
    try {
      await this.#turning;
      return true;
    } catch (error) {
      this.#turning = undefined;
      if (signal.aborted) throw signal.reason;
      log.warn("{message}", { message: error instanceof Error ? error.message : String(error) });
      return false;
    }
  }

  /** Where a URL lies now: it may have been made before the turn. */
  current(url: string): string {
    const { siteUrl, requestBase } = this.#bases;
    return this.#turned && this.isOnSite(url) ? requestBase + url.slice(siteUrl.length) : url;
  }

  /** Whether a URL is asked at the site itself. */
  isOnSite(url: string): boolean {
    return url.startsWith(`${this.#bases.siteUrl}/`);
  }
}
