/** A fake Confluence in another process. */
import { startProgram } from "./processes.ts";

/** What the site holds and how quick it is. */
export interface SitePlan {
  readonly spaces: readonly SpacePlan[];
  /** Characters of each body. */
  readonly bodyBytes: number;
  /** Milliseconds each answer takes. */
  readonly latencyMs: number;
}

/** One space of a site. */
export interface SpacePlan {
  readonly key: string;
  readonly pages: number;
  readonly attachments: number;
}

/** Spaces `B1`, `B2` … that share pages and attachments evenly. */
export function spaces(count: number, pages: number, attachments: number): SpacePlan[] {
  const share = (total: number, index: number) => Math.floor(total / count) + (index < total % count ? 1 : 0);
  return Array.from({ length: count }, (_, index) => ({
    key: `B${index + 1}`,
    pages: share(pages, index),
    attachments: share(attachments, index),
  }));
}

/** Serves a site until it is disposed. */
export async function serveSite(plan: SitePlan): Promise<{ readonly baseUrl: string } & AsyncDisposable> {
  const site = await startProgram("site_program.ts", plan);
  return { baseUrl: site.line, [Symbol.asyncDispose]: () => site[Symbol.asyncDispose]() };
}
