/**
 * What is made of the bodies of one batch of pages.
 *
 * @module
 */
import type { Page, Subject } from "../model/mod.ts";
import {
  type PageText,
  type PageToSave,
  resolveLinksTo,
  saveConversionNotes,
  saveLinks,
  type Statement,
} from "../database/mod.ts";
import { convertBody, type ConvertedBody } from "./convert_page.ts";

/** Converts each body of a batch once, when it is first asked for. */
export class ConvertedBodies {
  readonly #siteUrl: string;
  readonly #made = new Map<Page, ConvertedBody>();

  /** @param siteUrl Address of the site for people. */
  constructor(siteUrl: string) {
    this.#siteUrl = siteUrl;
  }

  /** The text of a page; null where it came without a body. */
  textOf(page: Page, spaceKey: string): PageText | null {
    return this.#of(page, spaceKey)?.text ?? null;
  }

  /** What belongs after the pages themselves: links, resolved both ways, and notes. Of blog posts, links are not kept. */
  statements(rows: readonly PageToSave[], subject: Subject): Statement[] {
    const made = rows.flatMap(({ page, spaceKey }) => {
      const body = this.#of(page, spaceKey);
      return body === undefined ? [] : [{ pageId: page.id, version: page.version.number, ...body }];
    });
    if (subject === "blogpost") return saveConversionNotes(made);
    return [
      ...saveLinks(made),
      ...resolveLinksTo(rows.map(({ page }) => page.id)),
      ...saveConversionNotes(made),
    ];
  }

  #of(page: Page, spaceKey: string): ConvertedBody | undefined {
    const { id: pageId, body } = page;
    if (body === null) return undefined;
    let made = this.#made.get(page);
    if (made === undefined) {
      made = convertBody({ pageId, spaceKey, format: body.format, value: body.value }, this.#siteUrl);
      this.#made.set(page, made);
    }
    return made;
  }
}
