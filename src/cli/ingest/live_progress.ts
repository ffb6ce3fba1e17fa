/**
 * The status line of an ingest: spaces, pages, rate, and what it waits for.
 *
 * @module
 */
import type { Wait } from "../../confluence/mod.ts";
import type { SyncEvent } from "../../sync/mod.ts";
import type { Progress } from "../progress.ts";

/** Turns events into one line. */
export class LiveProgress {
  readonly #progress: Progress;
  readonly #now: () => number;
  #spaces = 0;
  #done = 0;
  #pages = 0;
  #attachments = 0;
  #files = 0;
  #versions = 0;
  #startedAt = 0;
  #wait: { readonly text: string; readonly until: number } | undefined;

  /**
   * @param progress Where the line goes.
   * @param now Milliseconds, only ever rising.
   */
  constructor(progress: Progress, now: () => number) {
    this.#progress = progress;
    this.#now = now;
  }

  /** Takes in what happened. */
  onEvent(event: SyncEvent): void {
    switch (event.type) {
      case "run_started":
        this.#spaces = event.spaces;
        this.#startedAt = this.#now();
        break;
      case "lease_wait":
        this.#progress.log(
          `waiting for run ${event.holder}, which is writing one of these spaces since ${event.since}`,
        );
        break;
      case "space_started":
        if (event.resumed) this.#progress.log(`${event.space.key}: resuming where the last run stopped`);
        break;
      case "batch":
        this.#pages += event.pages;
        this.#attachments += event.attachments;
        break;
      case "file":
        this.#files++;
        break;
      case "history":
        this.#versions += event.versions;
        break;
      case "note":
        this.#progress.log(`${event.space.key}: ${event.text}`);
        break;
      case "space_ended":
        this.#done++;
        break;
    }
    this.#show();
  }

  /** Takes in what the client waits for. */
  onWait(wait: Wait): void {
    // Pacing below a second is the normal rhythm, not news.
    if (wait.ms < 1000) return;
    const why = {
      retry: "to try again",
      rate_limit: "as the server asked to slow down",
      pacing: "to keep to the rate",
    }[wait.reason];
    this.#wait = { text: `waiting ${Math.ceil(wait.ms / 1000)} s ${why}`, until: this.#now() + wait.ms };
    this.#show();
  }

  #show(): void {
    const seconds = (this.#now() - this.#startedAt) / 1000;
    const rate = seconds > 1 ? `, ${Math.round(this.#pages / seconds)} pages/s` : "";
    const files = this.#files > 0 ? `, ${this.#files} files` : "";
    const earlier = this.#versions > 0 ? `, ${this.#versions} earlier versions` : "";
    const waiting = this.#wait !== undefined && this.#wait.until > this.#now() ? `, ${this.#wait.text}` : "";
    this.#progress.update(
      `${this.#done}/${this.#spaces} spaces, ${this.#pages} pages, ${this.#attachments} attachments${earlier}${files}${rate}${waiting}`,
    );
  }
}
