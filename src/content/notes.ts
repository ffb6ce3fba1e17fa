import { MAX_NOTES } from "./limits.ts";
import type { ConversionNote, NoteKind } from "./parsed_body.ts";
import { cleanLine } from "./text/clean.ts";

/** Collects what could not be converted as it is, counted by kind and name. */
export class Notes {
  readonly #notes = new Map<
    string,
    { kind: NoteKind; name: string; count: number; detail: string | undefined }
  >();

  /** Counts one more; `detail` says what was done instead. */
  add(kind: NoteKind, name: string, detail?: string): void {
    const key = `${kind} ${name}`;
    const known = this.#notes.get(key);
    if (known) {
      known.count++;
    } else if (this.#notes.size < MAX_NOTES) {
      const label = cleanLine(name.slice(0, 100));
      this.#notes.set(key, {
        kind,
        name: label,
        count: 1,
        detail: detail && cleanLine(detail.slice(0, 200)),
      });
    } else {
      this.#overflow(kind);
    }
  }

  #overflow(kind: NoteKind): void {
    const key = `${kind} …`;
    const known = this.#notes.get(key);
    if (known) known.count++;
    else this.#notes.set(key, { kind, name: "…", count: 1, detail: "further names" });
  }

  /** All notes, in the order of their first appearance. */
  list(): ConversionNote[] {
    return [...this.#notes.values()].map(({ kind, name, count, detail }) =>
      detail === undefined ? { kind, name, count } : { kind, name, count, detail }
    );
  }
}
