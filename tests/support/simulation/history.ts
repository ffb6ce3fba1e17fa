/** What people do to a site: single random changes, refused ones included. */
import { type ContentRecord, type Site, SiteError } from "../fake/mod.ts";
import type { Dice } from "./dice.ts";

/** Above these sizes pages and attachments are only added to replace others. */
const MOST_ATTACHMENTS = 90;
const MOST_SPACES = 6;

/** What makes old version numbers come again: a restored backup of the site, or an earlier version that is deleted. */
export type Rewrite = "put back" | "renumbered";

/** Who changes the site: the dice, and a number that makes names unique. */
interface Hand {
  readonly site: Site;
  readonly dice: Dice;
  readonly mostPages: number;
  /** Hears of pages of which a version number comes again. */
  readonly onRewrite: (id: string, what: Rewrite) => void;
  /** Keys that were a space's and are free again. */
  readonly freeKeys: string[];
  serial: number;
}

/** One kind of change; says what it did, or undefined where there was nothing to do it to. */
type Change = (hand: Hand) => string | undefined;

/** The people of a site, who change it in random ways. */
export class History {
  readonly #hand: Hand;

  constructor(site: Site, dice: Dice, mostPages = 130, onRewrite: Hand["onRewrite"] = () => {}) {
    this.#hand = { site, dice, mostPages, onRewrite, freeKeys: [], serial: 0 };
  }

  /**
   * Changes the site in one random way.
   *
   * @returns What happened, for the journal.
   */
  change(): string {
    const [name, change] = this.#hand.dice.weighted(CHANGES);
    this.#hand.serial++;
    try {
      return `${name} ${change(this.#hand) ?? "nothing"}`;
    } catch (error) {
      if (error instanceof SiteError) return `${name} refused: ${error.code}`;
      throw error;
    }
  }
}

const pagesOf = (site: Site, ...statuses: ContentRecord["status"][]) =>
  site.state.pages.rows.filter((page) => statuses.includes(page.status));
const living = (site: Site) => pagesOf(site, "current");
const spacesOf = (site: Site) => [...site.state.spacesById.values()];
const filesOf = (site: Site) => site.state.attachments.rows;

/** Titles must not repeat, and should be awkward now and then. */
function title({ dice, serial }: Hand): string {
  return `${dice.pick(["Page", "Größe & <Maß>", "計画", "a\tb", "'; DROP TABLE pages; --", "🙂"])} ${serial}`;
}

/** A parent in the space: a page, a folder, or none. */
function parentIn(site: Site, spaceId: string, dice: Dice): string | null {
  if (dice.chance(0.4)) return null;
  const parents = [...site.state.contents.values()].filter((one) =>
    one.spaceId === spaceId && one.status === "current" && (one.kind === "page" || one.kind === "folder")
  );
  return dice.maybe(parents)?.id ?? null;
}

const addPage: Change = (hand) => {
  const { site, dice } = hand;
  if (site.state.pages.rows.length >= hand.mostPages) return purge(hand);
  // One space is larger than the others.
  const space = dice.chance(0.4) ? spacesOf(site)[0] : dice.maybe(spacesOf(site));
  if (space === undefined) return undefined;
  // Imported pages keep their old dates.
  const imported = dice.chance(0.1);
  const page = site.addPage({
    spaceId: space.id,
    title: title(hand),
    body: `<p>${hand.serial} ${"x".repeat(dice.between(0, 40))}</p>`,
    parentId: parentIn(site, space.id, dice),
    ...(imported ? { createdAt: site.clock.now() - 400 * 86_400_000, version: dice.between(1, 3) } : {}),
    ...(dice.chance(0.05) ? { status: "archived" as const } : {}),
  });
  return `${page.id} in ${space.key}${imported ? " with an old date" : ""}`;
};

const edit: Change = (hand) => {
  const { site, dice } = hand;
  const page = dice.maybe(pagesOf(site, "current", "current", "archived"));
  if (page === undefined) return undefined;
  site.editPage(page.id, {
    body: `<p>edit ${hand.serial}</p>`,
    minorEdit: dice.chance(0.3),
    message: `m${hand.serial}`,
  });
  return `${page.id} to version ${page.version.number}`;
};

const rename: Change = (hand) => {
  const { site, dice } = hand;
  const page = dice.maybe(living(site));
  return page && `${site.renamePage(page.id, title(hand)).id}`;
};

const reparent: Change = (hand) => {
  const { site, dice } = hand;
  const page = dice.maybe(living(site));
  if (page === undefined) return undefined;
  const parentId = parentIn(site, page.spaceId, dice);
  const bumpVersion = dice.chance(0.4);
  site.movePage(page.id, {
    parentId,
    bumpVersion,
    ...(dice.chance(0.3) ? { position: dice.between(0, 999) } : {}),
  });
  return `${page.id} under ${parentId}${bumpVersion ? " as a new version" : ""}`;
};

const moveAway: Change = (hand) => {
  const { site, dice } = hand;
  const page = dice.maybe(living(site));
  const space = dice.maybe(spacesOf(site).filter((one) => one.id !== page?.spaceId));
  if (page === undefined || space === undefined) return undefined;
  const bumpVersion = dice.chance(0.4);
  const parentId = parentIn(site, space.id, dice);
  site.movePage(page.id, { spaceKey: space.key, parentId, bumpVersion });
  return `${page.id} to ${space.key}${bumpVersion ? " as a new version" : ""}`;
};

const trash: Change = (hand) => {
  const { site, dice } = hand;
  const page = dice.maybe(pagesOf(site, "current", "archived"));
  return page && site.trashPage(page.id, { children: dice.pick(["moveUp", "archive"]) }).id;
};

const purge: Change = (hand) => {
  const { site, dice } = hand;
  const page = dice.maybe(site.state.pages.rows);
  return page && site.purgePage(page.id).id;
};

const archive: Change = (hand) => {
  const { site, dice } = hand;
  const page = dice.maybe(living(site));
  return page && site.archivePage(page.id, { children: dice.pick(["moveUp", "archive"]) }).id;
};

const restore: Change = (hand) => {
  const { site, dice } = hand;
  const page = dice.maybe(pagesOf(site, "archived", "trashed"));
  return page && site.restorePage(page.id).id;
};

const hide: Change = (hand) => {
  const { site, dice } = hand;
  const page = dice.maybe(living(site).filter((one) => one.visibleTo === null));
  return page && site.hidePage(page.id).id;
};

const unhide: Change = (hand) => {
  const { site, dice } = hand;
  const page = dice.maybe(site.state.pages.rows.filter((one) => one.visibleTo !== null));
  return page && site.unhidePage(page.id).id;
};

const hideSpace: Change = (hand) => {
  const { site, dice } = hand;
  const space = dice.maybe(spacesOf(site).filter((one) => one.visibleTo === null));
  return space && site.hideSpace(space.id).key;
};

const unhideSpace: Change = (hand) => {
  const { site, dice } = hand;
  const space = dice.maybe(spacesOf(site).filter((one) => one.visibleTo !== null));
  return space && site.unhideSpace(space.id).key;
};

const toggleSpace: Change = (hand) => {
  const { site, dice } = hand;
  const space = dice.maybe(spacesOf(site));
  if (space === undefined) return undefined;
  return space.status === "current" ? site.archiveSpace(space.id).key : site.unarchiveSpace(space.id).key;
};

const addSpace: Change = (hand) => {
  const { site, dice } = hand;
  if (site.state.spacesById.size >= MOST_SPACES) return undefined;
  const personal = dice.chance(0.3);
  const used = dice.chance(0.3) ? hand.freeKeys.pop() : undefined;
  return site.addSpace({
    key: used ?? `${personal ? "~" : ""}S${hand.serial}`,
    homepage: dice.chance(0.6),
    isPublic: dice.chance(0.5),
  }).key;
};

const removeSpace: Change = (hand) => {
  const { site, dice } = hand;
  if (site.state.spacesById.size < 4) return undefined;
  const space = dice.maybe(spacesOf(site));
  if (space === undefined) return undefined;
  hand.freeKeys.push(space.key);
  return site.removeSpace(space.id).key;
};

const renameKey: Change = (hand) => {
  const { site, dice } = hand;
  const space = dice.maybe(spacesOf(site));
  if (space === undefined) return undefined;
  const before = space.key;
  const key = (dice.chance(0.3) ? hand.freeKeys.pop() : undefined) ?? `${before.slice(0, 1)}R${hand.serial}`;
  site.renameSpaceKey(space.id, key);
  hand.freeKeys.push(before);
  return `${before} to ${key}`;
};

/** The backup holds an earlier version of some pages; newer ones never were. */
const rollBack: Change = (hand) => {
  const { site, dice } = hand;
  const space = dice.maybe(spacesOf(site));
  const told: string[] = [];
  for (const page of dice.some([...space?.pages.rows ?? []], dice.pick([0.1, 0.6]))) {
    if (page.versions.length < 2) continue;
    const { number } = dice.pick(page.versions);
    try {
      site.rollBackPage(page.id, number);
    } catch (error) {
      if (error instanceof SiteError) continue;
      throw error;
    }
    hand.onRewrite(page.id, "put back");
    told.push(`${page.id} to version ${number}`);
  }
  return told.length === 0 ? undefined : told.join(", ");
};

/** Somebody clears up the history of a page, and may go on writing. */
const removeVersions: Change = (hand) => {
  const { site, dice } = hand;
  // Nobody saves, clears up and saves again within a millisecond, which no time could tell apart.
  const page = dice.maybe(
    [...site.state.pages.rows, ...site.state.blogposts.rows].filter(({ version, versions }) =>
      versions.length > 1 && version.createdAt < site.clock.now()
    ),
  );
  if (page === undefined) return undefined;
  const gone = dice.chance(0.2) ? page.versions.length - 1 : 1;
  for (let left = gone; left > 0; left--) {
    site.removeVersion(page.id, dice.pick(page.versions.slice(0, -1)).number);
  }
  hand.onRewrite(page.id, "renumbered");
  if (dice.chance(0.4)) site.editPage(page.id, { body: `<p>cleared up ${hand.serial}</p>` });
  return `${gone} of ${page.id}, now at ${page.version.number}`;
};

/** Neither makes a version. */
const handOver: Change = ({ site, dice }) => {
  const page = dice.maybe(living(site));
  if (page === undefined) return undefined;
  page.ownerId = dice.pick(["557058:x", "557058:y", page.authorId]);
  if (dice.chance(0.3)) page.subtype = page.subtype === "live" ? dice.pick(["page", null]) : "live";
  return `${page.id} to ${page.ownerId} as ${page.subtype}`;
};

/** Somebody saves again and again within a second. */
const editOften: Change = (hand) => {
  const { site, dice } = hand;
  const page = dice.maybe(living(site));
  if (page === undefined) return undefined;
  for (let left = dice.between(2, 12); left > 0; left--) {
    site.editPage(page.id, { body: `<p>often ${hand.serial} ${left}</p>`, minorEdit: dice.chance(0.5) });
  }
  return `${page.id} to version ${page.version.number}`;
};

const addFolder: Change = (hand) => {
  const { site, dice } = hand;
  const space = dice.maybe(spacesOf(site));
  if (space === undefined) return undefined;
  return site.addFolder({ spaceId: space.id, title: title(hand), parentId: parentIn(site, space.id, dice) })
    .id;
};

const addBlogPost: Change = (hand) => {
  const { site, dice } = hand;
  const space = dice.maybe(spacesOf(site));
  if (space === undefined) return undefined;
  const post = site.addBlogPost({ spaceId: space.id, title: title(hand) });
  site.attach(post.id, { filename: `post-${hand.serial}.png` });
  return `${post.id} with a file`;
};

const attach: Change = (hand) => {
  const { site, dice } = hand;
  if (filesOf(site).length >= MOST_ATTACHMENTS) return purgeFile(hand);
  const page = dice.maybe(pagesOf(site, "current", "current", "archived"));
  if (page === undefined) return undefined;
  const file = site.attach(page.id, {
    filename: dice.pick([`f${hand.serial}.png`, `../../${hand.serial}.txt`, `é ${hand.serial}.pdf`]),
    size: dice.between(0, 5000),
    ...(dice.chance(0.1) ? { createdAt: site.clock.now() - 300 * 86_400_000 } : {}),
  });
  return `${file.id} to ${page.id}`;
};

const attachVersion: Change = (hand) => {
  const { site, dice } = hand;
  const file = dice.maybe(filesOf(site).filter((one) => one.status === "current"));
  if (file === undefined) return undefined;
  const size = dice.between(0, 9000);
  const pages = pagesOf(site, "current", "archived");
  // Now and then the next version hangs under another page.
  const to = size % 4 === 0 ? pages[size % pages.length] : undefined;
  if (to !== undefined) return `${site.carryAttachment(file.id, to.id).id} to ${to.id}`;
  return site.attachVersion(file.id, { size }).id;
};

const trashFile: Change = (hand) => {
  const { site, dice } = hand;
  const file = dice.maybe(filesOf(site).filter((one) => one.status === "current"));
  return file && site.deleteAttachment(file.id).id;
};

const restoreFile: Change = (hand) => {
  const { site, dice } = hand;
  const file = dice.maybe(filesOf(site).filter((one) => one.status === "trashed"));
  return file && site.restoreAttachment(file.id).id;
};

const purgeFile: Change = (hand) => {
  const { site, dice } = hand;
  const file = dice.maybe(filesOf(site));
  return file && site.purgeAttachment(file.id).id;
};

const clearOut: Change = (hand) => {
  const { site, dice } = hand;
  const space = dice.maybe(spacesOf(site));
  if (space === undefined) return undefined;
  const doomed = dice.some([...space.pages.rows], dice.pick([0.15, 0.5, 1]));
  const how = dice.pick(["trash", "purge", "archive"]);
  for (const { id } of doomed) {
    const page = site.state.contents.get(id);
    if (page === undefined || (how !== "purge" && page.status !== "current")) continue;
    if (how === "purge") site.purgePage(id);
    else if (how === "trash") site.trashPage(id);
    else site.archivePage(id);
  }
  return `${how} ${doomed.length} pages of ${space.key}`;
};

const editMany: Change = (hand) => {
  const { site, dice } = hand;
  const pages = dice.some(living(site), 0.3);
  for (const { id } of pages) site.editPage(id, { body: `<p>bulk ${hand.serial} of ${id}</p>` });
  return `${pages.length} pages`;
};

const postsOf = (site: Site, status: ContentRecord["status"]) =>
  site.state.blogposts.rows.filter((post) => post.status === status);

const changePost: Change = (hand) => {
  const { site, dice } = hand;
  const what = dice.pick(["edit", "edit", "trash", "restore", "purge"]);
  const post = dice.maybe(postsOf(site, what === "restore" ? "trashed" : "current"));
  if (post === undefined) return undefined;
  if (what === "edit") site.editPage(post.id, { body: `<p>${hand.serial}</p>` });
  else if (what === "trash") site.trashPage(post.id);
  else if (what === "restore") site.restorePage(post.id);
  else site.purgePage(post.id);
  return `${what} ${post.id}`;
};

const MOST_COMMENTS = 60;

const addComment: Change = (hand) => {
  const { site, dice } = hand;
  const comments = [...site.state.commentsById.values()];
  if (comments.length >= MOST_COMMENTS) return deleteComment(hand);
  const home = dice.chance(0.2) ? dice.maybe(postsOf(site, "current")) : dice.maybe(living(site));
  if (home === undefined) return undefined;
  const parent = dice.chance(0.4)
    ? dice.maybe(comments.filter((one) => one.containerId === home.id && one.kind === "footer"))
    : undefined;
  const comment = {
    body: `<p>${hand.serial}</p>`,
    ...(parent === undefined ? {} : { parentCommentId: parent.id }),
  };
  const made = parent === undefined && dice.chance(0.4)
    ? site.addInlineComment(home.id, { ...comment, selection: "some words" })
    : site.addFooterComment(home.id, comment);
  return `${made.id} on ${home.id}`;
};

const changeComment: Change = (hand) => {
  const { site, dice } = hand;
  const comment = dice.maybe([...site.state.commentsById.values()]);
  if (comment === undefined) return undefined;
  if (comment.kind === "inline" && dice.chance(0.5)) {
    site.resolveComment(comment.id, dice.pick(["open", "resolved", "reopened"]));
  } else site.editComment(comment.id, `<p>edited ${hand.serial}</p>`);
  return comment.id;
};

const deleteComment: Change = ({ site, dice }) => {
  const comment = dice.maybe([...site.state.commentsById.values()]);
  return comment && site.deleteComment(comment.id).id;
};

const LABELS = ["how-to", "größe", "計画", "a"];

const label: Change = ({ site, dice }) => {
  const page = dice.maybe(pagesOf(site, "current", "archived"));
  if (page === undefined) return undefined;
  const name = dice.pick(LABELS);
  if (page.labels.includes(name)) site.removeLabel(page.id, name);
  else site.addLabel(page.id, name);
  return `${page.id} ${name}`;
};

const CHANGES: readonly (readonly [number, readonly [string, Change]])[] = [
  [14, ["add", addPage]],
  [16, ["edit", edit]],
  [5, ["rename", rename]],
  [7, ["reparent", reparent]],
  [6, ["move", moveAway]],
  [6, ["trash", trash]],
  [3, ["purge", purge]],
  [4, ["archive", archive]],
  [6, ["restore", restore]],
  [3, ["hide", hide]],
  [4, ["unhide", unhide]],
  [1, ["hide space", hideSpace]],
  [1.7, ["unhide space", unhideSpace]],
  [0.4, ["toggle space", toggleSpace]],
  [1, ["add space", addSpace]],
  [0.2, ["remove space", removeSpace]],
  [0.5, ["rename key", renameKey]],
  [0.25, ["roll back", rollBack]],
  [3, ["remove versions", removeVersions]],
  [2, ["hand over", handOver]],
  [1.5, ["edit often", editOften]],
  [1, ["add folder", addFolder]],
  [2, ["blog", addBlogPost]],
  [4, ["label", label]],
  [3, ["change blog", changePost]],
  [5, ["comment", addComment]],
  [3, ["change comment", changeComment]],
  [2, ["delete comment", deleteComment]],
  [9, ["attach", attach]],
  [5, ["attach version", attachVersion]],
  [4, ["trash file", trashFile]],
  [3, ["restore file", restoreFile]],
  [2, ["purge file", purgeFile]],
  [1.2, ["clear out", clearOut]],
  [1, ["edit many", editMany]],
];
