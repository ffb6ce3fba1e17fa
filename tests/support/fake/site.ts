/**
 * The site: its state, and the verbs by which tests change it behind the client's back. Verbs are synchronous,
 * return the record they changed, and refuse with a `SiteError` what Confluence would refuse.
 */
import { type Account, type FakeClock, type Settings } from "./options.ts";
import type {
  AttachmentRecord,
  CommentRecord,
  ContentRecord,
  SpaceRecord,
  Status,
  UserRecord,
} from "./state/records.ts";
import { SiteState } from "./state/state.ts";
import { SearchIndex } from "./search/search_index.ts";
import { type SeenAttachment, seenAttachments, type SeenPage, seenPages } from "./seen.ts";
import { needAttachment, needContent, needSpace, type VerbContext } from "./verbs/context.ts";
import * as spaces from "./verbs/spaces.ts";
import * as contents from "./verbs/contents.ts";
import * as lifecycle from "./verbs/lifecycle.ts";
import * as attachments from "./verbs/attachments.ts";
import * as notes from "./verbs/notes.ts";
import { type Fill, fill } from "./verbs/fill.ts";

/** A stateful Confluence site. */
export class Site {
  /** What is stored; verbs are the way to change it. */
  readonly state: SiteState;
  /** The lagging copy that CQL reads. `index.flush()` makes it catch up. */
  readonly index = new SearchIndex();
  readonly accounts: Account[];
  readonly settings: Settings;
  readonly clock: FakeClock;
  cloudId: string;
  name: string;
  readonly random: () => number;
  readonly #context: VerbContext;

  constructor(options: {
    readonly accounts: Account[];
    readonly settings: Settings;
    readonly clock: FakeClock;
    readonly cloudId: string;
    readonly name: string;
    readonly random: () => number;
  }) {
    this.state = new SiteState(options.random);
    this.accounts = options.accounts;
    this.settings = options.settings;
    this.clock = options.clock;
    this.cloudId = options.cloudId;
    this.name = options.name;
    this.random = options.random;
    const { state, index, clock, random } = this;
    const authorId = options.accounts[0]?.accountId ?? "557058:nobody";
    this.#context = { state, index, clock, random, authorId };
    for (const account of options.accounts) {
      this.addUser({ accountId: account.accountId, displayName: account.displayName, email: account.email });
    }
  }

  addUser(user: { accountId: string; displayName: string; publicName?: string; email?: string }): UserRecord {
    const record = {
      accountId: user.accountId,
      displayName: user.displayName,
      publicName: user.publicName ?? user.displayName,
      email: user.email ?? "",
    };
    this.state.users.set(record.accountId, record);
    return record;
  }

  addSpace(space: spaces.NewSpace): SpaceRecord {
    return spaces.addSpace(this.#context, space);
  }

  /** Archives a space. Its pages stay `current`, and search leaves them out. */
  archiveSpace(idOrKey: string): SpaceRecord {
    return spaces.setSpaceStatus(this.#context, idOrKey, "archived");
  }

  unarchiveSpace(idOrKey: string): SpaceRecord {
    return spaces.setSpaceStatus(this.#context, idOrKey, "current");
  }

  /** Hides a space from everyone but `visibleTo`. */
  hideSpace(idOrKey: string, visibleTo: readonly string[] = []): SpaceRecord {
    return spaces.setSpaceVisibility(this.#context, idOrKey, visibleTo);
  }

  unhideSpace(idOrKey: string): SpaceRecord {
    return spaces.setSpaceVisibility(this.#context, idOrKey, null);
  }

  /** Gives a space another key. */
  renameSpaceKey(idOrKey: string, key: string): SpaceRecord {
    return spaces.setSpaceKey(this.#context, idOrKey, key);
  }

  /** Deletes a space and all in it for good. */
  removeSpace(idOrKey: string): SpaceRecord {
    return spaces.removeSpace(this.#context, idOrKey);
  }

  addPage(page: contents.NewContent): ContentRecord {
    return contents.addContent(this.#context, { ...page, kind: "page" });
  }

  addBlogPost(post: contents.NewContent): ContentRecord {
    return contents.addContent(this.#context, { ...post, kind: "blogpost" });
  }

  addFolder(folder: contents.NewContent): ContentRecord {
    return contents.addContent(this.#context, { ...folder, kind: "folder" });
  }

  addWhiteboard(whiteboard: contents.NewContent): ContentRecord {
    return contents.addContent(this.#context, { ...whiteboard, kind: "whiteboard" });
  }

  addDatabase(database: contents.NewContent): ContentRecord {
    return contents.addContent(this.#context, { ...database, kind: "database" });
  }

  addEmbed(embed: contents.NewContent): ContentRecord {
    return contents.addContent(this.#context, { ...embed, kind: "embed" });
  }

  /** Publishes a new version of a page, blog post, folder … */
  editPage(id: string, edit: contents.Edit = {}): ContentRecord {
    return contents.editContent(this.#context, id, edit);
  }

  /** Gives a new title, which makes a version. */
  renamePage(id: string, title: string): ContentRecord {
    return contents.editContent(this.#context, id, { title });
  }

  /** Moves with everything below; no new version unless `bumpVersion`. */
  movePage(id: string, move: lifecycle.Move): ContentRecord {
    return lifecycle.moveContent(this.#context, id, move);
  }

  /** Into the trash: parent, parent type and position become null. Children move up, or are archived. */
  trashPage(id: string, options?: lifecycle.LeaveOptions): ContentRecord {
    return lifecycle.trashContent(this.#context, id, options);
  }

  /** Gone for good, with attachments and comments; children move up. */
  purgePage(id: string): ContentRecord {
    return lifecycle.purgeContent(this.#context, id);
  }

  /** Keeps parent and title. Children move up, or are archived too. */
  archivePage(id: string, options?: lifecycle.LeaveOptions): ContentRecord {
    return lifecycle.archiveContent(this.#context, id, options);
  }

  /** Back from the archive or the trash, as a new version. */
  restorePage(id: string, restore?: lifecycle.Restore): ContentRecord {
    return lifecycle.restoreContent(this.#context, id, restore);
  }

  /** Puts a page back to an earlier version, out of the trash too: what a restored backup of the site does. */
  rollBackPage(id: string, version: number): ContentRecord {
    return lifecycle.rollBackContent(this.#context, id, version);
  }

  /** Deletes an earlier version for good; those after it move down by one number and keep their times. */
  removeVersion(id: string, version: number): ContentRecord {
    return lifecycle.removeVersion(this.#context, id, version);
  }

  /** Hides a page and everything below it from everyone but `visibleTo`. */
  hidePage(id: string, visibleTo: readonly string[] = []): ContentRecord {
    return lifecycle.setContentVisibility(this.#context, id, visibleTo);
  }

  unhidePage(id: string): ContentRecord {
    return lifecycle.setContentVisibility(this.#context, id, null);
  }

  attach(pageId: string, file: attachments.NewAttachment): AttachmentRecord {
    return attachments.attach(this.#context, pageId, file);
  }

  /** New content for an attachment: same id, next version, new file id. */
  attachVersion(
    id: string,
    file: Partial<Omit<attachments.NewAttachment, "id" | "version">> = {},
  ): AttachmentRecord {
    return attachments.attachVersion(this.#context, id, file);
  }

  /** To another page or blog post, in a next version. */
  carryAttachment(id: string, containerId: string): AttachmentRecord {
    return attachments.carryAttachment(this.#context, id, containerId);
  }

  /** Into the trash. */
  deleteAttachment(id: string): AttachmentRecord {
    return attachments.trashAttachment(this.#context, id);
  }

  restoreAttachment(id: string): AttachmentRecord {
    return attachments.restoreAttachment(this.#context, id);
  }

  purgeAttachment(id: string): AttachmentRecord {
    return attachments.purgeAttachment(this.#context, id);
  }

  addLabel(id: string, name: string): void {
    notes.addLabel(this.#context, id, name);
  }

  removeLabel(id: string, name: string): void {
    notes.removeLabel(this.#context, id, name);
  }

  addFooterComment(pageId: string, comment: notes.NewComment = {}): CommentRecord {
    return notes.addComment(this.#context, "footer", pageId, comment);
  }

  addInlineComment(pageId: string, comment: notes.NewComment = {}): CommentRecord {
    return notes.addComment(this.#context, "inline", pageId, comment);
  }

  editComment(id: string, body: string): CommentRecord {
    return notes.editComment(this.#context, id, body);
  }

  resolveComment(id: string, resolution: CommentRecord["resolution"]): CommentRecord {
    return notes.resolveComment(this.#context, id, resolution);
  }

  deleteComment(id: string): CommentRecord {
    return notes.deleteComment(this.#context, id);
  }

  /** Many pages at once, findable at once; bodies are made when asked for. */
  fill(options: Fill): { readonly pageIds: readonly string[] } {
    const filled = fill(this.#context, options);
    this.index.flush();
    return filled;
  }

  /** The page, blog post, folder … of an id. @throws {SiteError} when there is none */
  page(id: string): ContentRecord {
    return needContent(this.#context, id);
  }

  /** The attachment of an id. @throws {SiteError} when there is none */
  attachment(id: string): AttachmentRecord {
    return needAttachment(this.#context, id);
  }

  /** The space of an id or key. @throws {SiteError} when there is none */
  space(idOrKey: string): SpaceRecord {
    return needSpace(this.#context, idOrKey);
  }

  /** Whether a current or archived page of the space holds the title. */
  isTitleTaken(idOrKey: string, title: string): boolean {
    return this.space(idOrKey).titles.has(title.toLowerCase());
  }

  /** Pages the account sees now, by rising id. `statuses` defaults to current only. */
  visiblePages(spaceId?: string, statuses?: readonly Status[], account?: { accountId: string }): SeenPage[] {
    return seenPages(this.state, account ?? this.accounts[0]!, spaceId, statuses);
  }

  /** Attachments the account sees now, by rising id. `statuses` defaults to current only. */
  visibleAttachments(
    spaceId?: string,
    statuses?: readonly Status[],
    account?: { accountId: string },
  ): SeenAttachment[] {
    return seenAttachments(this.state, account ?? this.accounts[0]!, spaceId, statuses);
  }
}
