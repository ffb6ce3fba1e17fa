import type { Page } from "../model/mod.ts";

/**
 * Cuts pages into portions for one transaction each: a database server lets others wait behind it, and undoes what takes it too
 * long.
 *
 * @param pages In any order, which is kept.
 * @param most Characters of bodies that end a portion.
 * @returns At least one portion, which is empty where there are no pages.
 */
export function portions(pages: readonly Page[], most: number): (readonly Page[])[] {
  const done: (readonly Page[])[] = [];
  let from = 0;
  let characters = 0;
  pages.forEach(({ body }, at) => {
    characters += body?.value.length ?? 0;
    if (characters < most || at === pages.length - 1) return;
    done.push(pages.slice(from, at + 1));
    from = at + 1;
    characters = 0;
  });
  return [...done, pages.slice(from)];
}
