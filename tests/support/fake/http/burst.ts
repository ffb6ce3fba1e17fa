/** The burst limit: a token bucket on the site's clock. */
import type { Site } from "../site.ts";
import type { Answer } from "./answer.ts";
import { rateLimit } from "./rate_limit.ts";

/** The bucket of one fake. */
export class BurstBucket {
  #tokens: number | null = null;
  #filledAt = 0;

  /** Takes a token, or answers 429. */
  take({ settings: { burst }, clock }: Site): Answer | null {
    if (burst === null) {
      this.#tokens = null;
      return null;
    }
    const now = clock.now();
    const grown = this.#tokens === null
      ? burst.size
      : this.#tokens + (now - this.#filledAt) / 1000 * burst.perSecond;
    this.#tokens = Math.min(burst.size, grown);
    this.#filledAt = now;
    if (this.#tokens >= 1) {
      this.#tokens -= 1;
      return null;
    }
    const seconds = Math.ceil((1 - this.#tokens) / burst.perSecond);
    return rateLimit({ retryAfter: burst.retryAfter ? seconds : null });
  }
}
