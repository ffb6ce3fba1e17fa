/**
 * Everything the site holds, with the look-ups that keep verbs and routes quick. It knows no rules: those are in
 * `verbs/` (what may change) and `visibility.ts` (who may see).
 */
import { IdSource } from "./ids.ts";
import { Ordered } from "./ordered.ts";
import {
  type AttachmentRecord,
  type CommentRecord,
  CONTENT_KEYS,
  type ContentRecord,
  DATED_KEYS,
  type LabelRecord,
  type SpaceRecord,
  type UserRecord,
} from "./records.ts";

/** Something that hangs somewhere in the tree, and the listings it belongs to. */
export class SiteState {
  readonly ids: IdSource;
  readonly spaces = new Ordered<SpaceRecord>({
    key: (space) => space.key.toLowerCase(),
    name: (space) => space.name.toLowerCase(),
  });
  readonly spacesById = new Map<string, SpaceRecord>();
  readonly spacesByKey = new Map<string, SpaceRecord>();
  readonly contents = new Map<string, ContentRecord>();
  readonly pages = new Ordered<ContentRecord>(CONTENT_KEYS);
  readonly blogposts = new Ordered<ContentRecord>(CONTENT_KEYS);
  readonly attachmentsById = new Map<string, AttachmentRecord>();
  readonly attachments = new Ordered<AttachmentRecord>(DATED_KEYS);
  readonly commentsById = new Map<string, CommentRecord>();
  readonly comments = {
    footer: new Ordered<CommentRecord>(DATED_KEYS),
    inline: new Ordered<CommentRecord>(DATED_KEYS),
  };
  readonly labels = new Map<string, LabelRecord>();
  readonly users = new Map<string, UserRecord>();
  /** Spaces and pages that not everyone may see: while it is 0, seeing needs no look at the tree. */
  restricted = 0;
  readonly #children = new Map<string, Set<ContentRecord>>();
  readonly #attachmentsOf = new Map<string, Ordered<AttachmentRecord>>();
  readonly #commentsOf = new Map<string, Ordered<CommentRecord>>();

  constructor(random: () => number) {
    this.ids = new IdSource(98_304, random);
  }

  addSpace(space: SpaceRecord): void {
    this.ids.heard(space.id);
    this.spaces.add(space);
    this.spacesById.set(space.id, space);
    this.spacesByKey.set(space.key.toLowerCase(), space);
  }

  removeSpace(space: SpaceRecord): void {
    this.spaces.remove(space);
    this.spacesById.delete(space.id);
    this.spacesByKey.delete(space.key.toLowerCase());
  }

  /** The space of a thing that is in the site. */
  spaceOf(content: ContentRecord): SpaceRecord {
    return this.spacesById.get(content.spaceId)!;
  }

  addContent(content: ContentRecord): void {
    this.ids.heard(content.id);
    this.contents.set(content.id, content);
    this.enlist(content);
    this.#link(content);
  }

  removeContent(content: ContentRecord): void {
    this.contents.delete(content.id);
    this.delist(content);
    this.#unlink(content);
    this.#attachmentsOf.delete(content.id);
    this.#commentsOf.delete(content.id);
  }

  /** Puts a page or blog post in the listings of its space and site, and takes its title. */
  enlist(content: ContentRecord): void {
    if (content.kind === "page") {
      this.pages.add(content);
      this.spaceOf(content).pages.add(content);
    } else if (content.kind === "blogpost") {
      this.blogposts.add(content);
      this.spaceOf(content).blogposts.add(content);
    }
    this.takeTitle(content);
  }

  delist(content: ContentRecord): void {
    this.freeTitle(content);
    if (content.kind === "page") {
      this.pages.remove(content);
      this.spacesById.get(content.spaceId)?.pages.remove(content);
    } else if (content.kind === "blogpost") {
      this.blogposts.remove(content);
      this.spacesById.get(content.spaceId)?.blogposts.remove(content);
    }
  }

  /** Tells the listings that a title or time changed. */
  touch(content: ContentRecord): void {
    const space = this.spaceOf(content);
    if (content.kind === "page") {
      this.pages.touch();
      space.pages.touch();
    } else if (content.kind === "blogpost") {
      this.blogposts.touch();
      space.blogposts.touch();
    }
  }

  /** Only current and archived pages hold their title; trash gives it back. */
  takeTitle(content: ContentRecord): void {
    if (content.kind === "page" && (content.status === "current" || content.status === "archived")) {
      this.spaceOf(content).titles.set(content.title.toLowerCase(), content.id);
    }
  }

  freeTitle(content: ContentRecord): void {
    const titles = this.spacesById.get(content.spaceId)?.titles;
    const key = content.title.toLowerCase();
    if (titles?.get(key) === content.id) titles.delete(key);
  }

  /** Hangs a thing somewhere else. */
  reparent(content: ContentRecord, parentId: string | null, position: number | null): void {
    this.#unlink(content);
    content.parentId = parentId;
    content.position = position;
    this.#link(content);
  }

  /** What hangs directly under an id, in no order. */
  childrenOf(id: string): readonly ContentRecord[] {
    return [...this.#children.get(id) ?? []];
  }

  /** How many things hang directly under an id. */
  childCount(id: string): number {
    return this.#children.get(id)?.size ?? 0;
  }

  /** Ancestors from the parent up to the root. */
  ancestorsOf(content: ContentRecord): ContentRecord[] {
    const found: ContentRecord[] = [];
    let at = content.parentId === null ? undefined : this.contents.get(content.parentId);
    while (at !== undefined) {
      found.push(at);
      at = at.parentId === null ? undefined : this.contents.get(at.parentId);
    }
    return found;
  }

  addAttachment(attachment: AttachmentRecord): void {
    this.ids.heard(attachment.id);
    this.attachmentsById.set(attachment.id, attachment);
    this.attachments.add(attachment);
    let list = this.#attachmentsOf.get(attachment.containerId);
    if (list === undefined) {
      list = new Ordered<AttachmentRecord>(DATED_KEYS);
      this.#attachmentsOf.set(attachment.containerId, list);
    }
    list.add(attachment);
  }

  removeAttachment(attachment: AttachmentRecord): void {
    this.attachmentsById.delete(attachment.id);
    this.attachments.remove(attachment);
    this.#attachmentsOf.get(attachment.containerId)?.remove(attachment);
  }

  touchAttachment(attachment: AttachmentRecord): void {
    this.attachments.touch();
    this.#attachmentsOf.get(attachment.containerId)?.touch();
  }

  attachmentsOf(containerId: string): Ordered<AttachmentRecord> {
    return this.#attachmentsOf.get(containerId) ?? new Ordered<AttachmentRecord>(DATED_KEYS);
  }

  addComment(comment: CommentRecord): void {
    this.ids.heard(comment.id);
    this.commentsById.set(comment.id, comment);
    this.comments[comment.kind].add(comment);
    let list = this.#commentsOf.get(comment.containerId);
    if (list === undefined) {
      list = new Ordered<CommentRecord>(DATED_KEYS);
      this.#commentsOf.set(comment.containerId, list);
    }
    list.add(comment);
  }

  removeComment(comment: CommentRecord): void {
    this.commentsById.delete(comment.id);
    this.comments[comment.kind].remove(comment);
    this.#commentsOf.get(comment.containerId)?.remove(comment);
  }

  touchComment(comment: CommentRecord): void {
    this.comments[comment.kind].touch();
    this.#commentsOf.get(comment.containerId)?.touch();
  }

  /** Comments of all kinds and depths on a page or blog post. */
  commentsOf(containerId: string): Ordered<CommentRecord> {
    return this.#commentsOf.get(containerId) ?? new Ordered<CommentRecord>(DATED_KEYS);
  }

  /** The label of a name, made when it is new. */
  label(name: string): LabelRecord {
    let label = this.labels.get(name);
    if (label === undefined) {
      const [prefix, bare] = name.includes(":") ? name.split(":", 2) as [string, string] : ["global", name];
      label = { id: this.ids.next(), name: bare, prefix };
      this.labels.set(name, label);
    }
    return label;
  }

  #link(content: ContentRecord): void {
    if (content.parentId === null) return;
    const children = this.#children.get(content.parentId);
    if (children === undefined) this.#children.set(content.parentId, new Set([content]));
    else children.add(content);
  }

  #unlink(content: ContentRecord): void {
    if (content.parentId === null) return;
    const children = this.#children.get(content.parentId);
    children?.delete(content);
    if (children?.size === 0) this.#children.delete(content.parentId);
  }
}
