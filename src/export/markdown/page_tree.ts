/**
 * Where each page's file is: `SPACE/Parent/Page.md`, with the pages below it in `SPACE/Parent/Page/`. Made from the table alone.
 *
 * @module
 */
import { fileName, nameKey } from "./file_name.ts";

/** What the tree needs to know of a page. */
export interface TreePage {
  readonly id: string;
  readonly title: string;
  readonly spaceKey: string;
  /** Anything: a page or folder of the same space counts, all else puts the page at the top of its space. */
  readonly parentId: string | null;
  /** A folder of its own: it has no file, and is there for the pages below it only. */
  readonly isFolder?: boolean;
}

/** A folder path this long is the last: pages below it stand at the top of their space, so that every system can open them. */
const MAX_FOLDER_BYTES = 480;

interface Placed {
  /** The path of its file without `.md`, and of the folder for the pages below it. */
  readonly stem: string;
}

/** Names already given out in one folder, as {@linkcode nameKey}s. */
type Taken = Set<string>;

/**
 * The path of each page's file, by page id, relative to the export, with `/` between names. Among pages of one folder whose names
 * would be the same file somewhere, the one with the lowest id has the plain name and the others have their id behind it: a page
 * that is made later renames none.
 */
export function pagePaths(all: readonly TreePage[]): Map<string, string> {
  const sorted = withoutEmptyFolders(all).toSorted((a, b) => compareIds(a.id, b.id));
  const byId = new Map(sorted.map((page) => [page.id, page]));
  const parents = parentsOf(sorted, byId);
  const spaces = spaceFolders(sorted);
  const children = Map.groupBy(sorted, (page) => parents.get(page.id) ?? null);
  const paths = new Map<string, string>();
  const taken = new Map<string, Taken>();
  // Level by level, each in the order of ids: deep trees need no stack.
  let level = children.get(null) ?? [];
  const placed = new Map<string, Placed>();
  while (level.length > 0) {
    const next: TreePage[] = [];
    for (const page of level) {
      const parent = parents.get(page.id) ?? null;
      const space = spaces.get(page.spaceKey)!;
      const above = parent === null ? space : placed.get(parent)!.stem;
      const folder = byteLength(above) > MAX_FOLDER_BYTES ? space : above;
      const stem = `${folder}/${freeName(page, taken, folder)}`;
      placed.set(page.id, { stem });
      if (page.isFolder !== true) paths.set(page.id, `${stem}.md`);
      for (const child of children.get(page.id) ?? []) next.push(child);
    }
    level = next;
  }
  return paths;
}

/** What has a page, and what a page hangs under. */
function withoutEmptyFolders(all: readonly TreePage[]): TreePage[] {
  const folders = new Map(all.filter((each) => each.isFolder).map((folder) => [folder.id, folder]));
  const used = new Set<string>();
  for (const page of all) {
    if (page.isFolder) continue;
    let at = page.parentId;
    while (at !== null && folders.has(at) && !used.has(at)) {
      used.add(at);
      at = folders.get(at)!.parentId;
    }
  }
  // A page between two folders keeps the upper one by itself.
  return all.filter((each) => !each.isFolder || used.has(each.id));
}

function freeName(page: TreePage, taken: Map<string, Taken>, folder: string): string {
  let names = taken.get(folder);
  if (names === undefined) taken.set(folder, names = new Set());
  const plain = fileName(page.title);
  for (let n = 0;; n++) {
    const name = n === 0 ? plain : `${plain} (${fileName(page.id)}${n === 1 ? "" : `-${n}`})`;
    const folderKey = nameKey(name);
    const fileKey = nameKey(`${name}.md`);
    // Both, whether it has children now or not: the first child must rename nobody.
    if (names.has(folderKey) || names.has(fileKey)) continue;
    names.add(folderKey).add(fileKey);
    return name;
  }
}

/** The parent of each page, where it is a page of the same space; a cycle is opened at its lowest id. */
function parentsOf(
  pages: readonly TreePage[],
  byId: ReadonlyMap<string, TreePage>,
): Map<string, string> {
  const parents = new Map<string, string>();
  for (const page of pages) {
    const parent = page.parentId === null ? undefined : byId.get(page.parentId);
    if (parent !== undefined && parent.spaceKey === page.spaceKey) parents.set(page.id, parent.id);
  }
  const reachesTop = new Set<string>();
  for (const page of pages) {
    const way = new Set<string>();
    let at: string | undefined = page.id;
    while (at !== undefined && !reachesTop.has(at) && !way.has(at)) {
      way.add(at);
      at = parents.get(at);
    }
    if (at !== undefined && way.has(at)) {
      const cycle = [...way].slice([...way].indexOf(at));
      parents.delete(cycle.reduce((lowest, id) => compareIds(id, lowest) < 0 ? id : lowest));
    }
    for (const id of way) reachesTop.add(id);
  }
  return parents;
}

function spaceFolders(pages: readonly TreePage[]): Map<string, string> {
  // In the order of their first pages: a space that is made later renames none.
  const keys = new Set(pages.map((page) => page.spaceKey));
  const folders = new Map<string, string>();
  const taken: Taken = new Set();
  for (const key of keys) {
    const plain = fileName(key);
    let name = plain;
    for (let n = 2; taken.has(nameKey(name)); n++) name = `${plain} (${n})`;
    taken.add(nameKey(name));
    folders.set(key, name);
  }
  return folders;
}

/** Numeric ids by value, whatever their length; others after them. */
function compareIds(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);
}

function byteLength(text: string): number {
  return new TextEncoder().encode(text).byteLength;
}
