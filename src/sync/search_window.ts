/**
 * How far back a search looks. CQL counts minutes from the moment of each answer, so the window moves on while a search is read.
 *
 * @module
 */
import type { SearchHit } from "../model/mod.ts";
import { note, type SpaceContext } from "./context.ts";

const MINUTE = 60_000;
/** How often a search is asked that takes long, or moves; after the first time, most of what it shows is known. */
const ATTEMPTS = 5;

/** What changed since a moment, however long it takes to ask. */
export class SearchWindow {
  readonly #space: SpaceContext;
  readonly #start: number;
  readonly #fromMark: boolean;
  /** Minutes that a search may take before it has moved on too far. */
  #slack = 1;
  /** Whether a search never came to an end in time, so that the mark must stay. */
  slid = false;

  /**
   * @param space The space.
   * @param start Since when, in milliseconds.
   * @param fromMark Whether that is the space's mark, before which the overlap is looked at too.
   */
  constructor(space: SpaceContext, start: number, fromMark: boolean) {
    this.#space = space;
    this.#start = start;
    this.#fromMark = fromMark;
  }

  /** How far back a search must look that is asked now: somewhat more, for it compares whole minutes, and takes its time. */
  minutes(): number {
    const { client, clock, settings } = this.#space;
    // Of two clocks the later one looks further back, which costs nothing but known rows.
    const time = this.#fromMark ? Math.max(client.serverNow(), clock.now()) : client.serverNow();
    const overlap = this.#fromMark ? settings.overlapMinutes : 0;
    return Math.max(0, Math.ceil((time - this.#start) / MINUTE)) + overlap + this.#slack;
  }

  /** The moment that a search looks back to which is asked now, in milliseconds. */
  from(): number {
    return this.#space.client.serverNow() - this.minutes() * MINUTE;
  }

  /**
   * Searches, and again where the last answer came so late that the window had moved on, or where rows may have moved meanwhile.
   *
   * @param search Does it, as far back as {@linkcode minutes} says. It is told which hits that none before it has shown count: at first all,
   * then those that are not so young that they came since. Its result is whether it was cut short on purpose, or has shown such hits in
   * more than one answer.
   */
  async untilStill(
    search: (counts: (hit: SearchHit) => boolean) => Promise<"cut" | "moving" | "still">,
  ): Promise<void> {
    const { client, settings } = this.#space;
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      const asked = client.serverNow();
      const until = asked - settings.overlapMinutes * MINUTE;
      const end = await search(({ updatedAt }) =>
        attempt === 1 || updatedAt === null || Date.parse(updatedAt) <= until
      );
      if (end === "cut") return;
      const took = client.serverNow() - asked;
      if (took <= this.#slack * MINUTE && end === "still") return;
      // The next one looks further back by as much as this one took.
      if (took > this.#slack * MINUTE) this.#slack = Math.ceil(took / MINUTE) + 1;
    }
    this.slid = true;
    note(
      this.#space,
      "the search was too slow, or too restless, to be believed: the mark stays, and the next run looks again",
    );
  }
}
