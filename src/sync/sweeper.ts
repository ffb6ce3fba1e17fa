/**
 * Keeping memory low while much passes through it.
 *
 * @module
 */

import type { Page } from "../model/mod.ts";

/** Characters after which what they left behind is swept up: three full answers of usual pages. */
const ENOUGH = 8_000_000;
/** What a page takes besides its body, in the same measure. */
const ROW = 2_000;

/**
 * Has garbage collected right after what was written became garbage. The collector by itself comes late: it lets memory double first,
 * and memory is then at its fullest. Does nothing where the program was not started with `--expose-gc`.
 */
export class Sweeper {
  #passed = 0;

  /** Counts pages that were taken in, and sweeps when it is enough. */
  passed(pages: readonly Pick<Page, "body">[]): void {
    for (const { body } of pages) this.#passed += ROW + (body?.value.length ?? 0);
    if (this.#passed < ENOUGH) return;
    this.#passed = 0;
    (globalThis as { gc?: () => void }).gc?.();
  }
}
