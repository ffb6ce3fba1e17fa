/** Which origins belong to the fake, and what each of them is. */

/** The three hosts of one way to reach the site. */
export interface HostSet {
  /** Where people and unscoped tokens go: `https://site.atlassian.net`. */
  readonly site: string;
  /** Where scoped tokens go: `https://api.atlassian.com`. */
  readonly gateway: string;
  /** Where attachment bytes are: `https://api.media.atlassian.com`. */
  readonly media: string;
}

export type HostRole = "site" | "gateway" | "media";

/** Every origin the fake answers on. */
export class Hosts {
  readonly #sets: HostSet[] = [];

  add(set: HostSet): void {
    this.#sets.push(set);
  }

  remove(set: HostSet): void {
    this.#sets.splice(this.#sets.indexOf(set), 1);
  }

  /** The role of an origin; null for hosts that are not ours. `localhost` is 127.0.0.1. */
  find(url: URL): { readonly role: HostRole; readonly set: HostSet } | null {
    const origin = url.origin.replace("//localhost:", "//127.0.0.1:");
    for (const set of this.#sets) {
      if (origin === set.site) return { role: "site", set };
      if (origin === set.gateway) return { role: "gateway", set };
      if (origin === set.media) return { role: "media", set };
    }
    return null;
  }
}
