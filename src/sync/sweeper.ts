/**
 * Keeping memory low while much passes through it.
 *
 * @module
 */

/** Characters of bodies after which what they left behind is swept up: four full answers or so. */
const ENOUGH = 8_000_000;

/**
 * Has garbage collected right after what was written became garbage. The collector by itself comes late: it lets memory double first,
 * and memory is then at its fullest. Does nothing where the program was not started with `--expose-gc`.
 */
export class Sweeper {
  #passed = 0;

  /** Counts what was written, and sweeps when it is enough. */
  wrote(characters: number): void {
    this.#passed += characters;
    if (this.#passed < ENOUGH) return;
    this.#passed = 0;
    (globalThis as { gc?: () => void }).gc?.();
  }
}
