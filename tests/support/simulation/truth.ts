/** Compares the index with the site as the account sees it. */
import type { Database, ReadKinds } from "../../../src/database/mod.ts";
import { seesComment, seesContent } from "../fake/state/visibility.ts";
import type { Site, Status } from "../fake/mod.ts";

/** What is compared. */
export interface Comparison {
  /** How each space is read, by id. */
  readonly spaces: ReadonlyMap<string, { readonly statuses: readonly Status[]; readonly kinds: ReadKinds }>;
  /** Ids that may differ, and whose attachments may: their failure is on record. */
  readonly excused: ReadonlySet<string>;
}

/** One sentence for each difference; empty when the index is right. */
export async function differences(site: Site, database: Database, what: Comparison): Promise<string[]> {
  const formats = new Map(
    (await database.all<{ id: string; format: string }>(
      "SELECT id, body_format AS format FROM current_pages",
    )).map(({ id, format }) => [id, format]),
  );
  const pages = new Map(
    site.visiblePages(undefined, EVERY).filter(({ spaceId, status }) => isInScope(what, spaceId, status)).map(
      (
        page,
      ) => [
        page.id,
        {
          version: page.version,
          title: page.title,
          status: page.status,
          space_id: page.spaceId,
          space_key: page.spaceKey,
          parent_id: page.parentId,
          parent_type: page.parentType,
          position: page.position,
          author_id: page.authorId,
          owner_id: site.page(page.id).ownerId,
          subtype: site.page(page.id).subtype,
          created_at: page.createdAt,
          updated_at: page.updatedAt,
          version_message: page.versionMessage,
          minor_edit: page.minorEdit ? 1 : 0,
          labels: isRead(what, page.spaceId, "labels") ? JSON.stringify([...page.labels].sort()) : undefined,
          // A page that moves to a space with another body format keeps its own.
          body: formats.get(page.id) === "atlas_doc_format" ? page.adf : page.storage,
        },
      ],
    ),
  );
  const files = new Map(
    site.visibleAttachments(undefined, EVERY).filter((file) =>
      file.containerType === "page" && isInScope(what, file.spaceId, file.status) &&
      !what.excused.has(file.containerId)
    ).map((file) => [
      file.id,
      {
        version: file.version,
        filename: file.filename,
        page_id: file.containerId,
        space_id: file.spaceId,
        media_type: file.mediaType,
        file_size: file.fileSize,
        file_id: file.fileId,
        comment: file.comment,
        created_at: file.createdAt,
        updated_at: file.updatedAt,
      },
    ]),
  );
  return [
    ...compare("page", pages, await currentOf(database, "current_pages", what), what.excused),
    ...compare(
      "attachment",
      files,
      await currentOf(database, "current_attachments", what),
      what.excused,
    ),
    ...await differentPosts(site, database, what),
    ...await differentComments(site, database, what),
  ];
}

const EVERY: readonly Status[] = ["current", "archived"];

function isInScope({ spaces }: Comparison, spaceId: string, status: Status): boolean {
  return spaces.get(spaceId)?.statuses.includes(status) === true;
}

function isRead({ spaces }: Comparison, spaceId: string, kind: keyof ReadKinds): boolean {
  return spaces.get(spaceId)?.kinds[kind] !== undefined;
}

async function differentPosts(site: Site, database: Database, what: Comparison): Promise<string[]> {
  const truth = site.state.blogposts.rows.filter((post) =>
    post.status === "current" && isRead(what, post.spaceId, "blogposts") &&
    seesContent(site.state, post, site.accounts[0]!)
  );
  const posts = new Map(
    truth.map((post) => [post.id, {
      version: post.version.number,
      title: post.title,
      status: post.status,
      space_id: post.spaceId,
      space_key: site.state.spaceOf(post).key,
      updated_at: new Date(post.version.createdAt).toISOString(),
      parent_id: null,
    }]),
  );
  return compare(
    "blog post",
    posts,
    await currentOf(database, "current_blog_posts", what, "blogposts"),
    what.excused,
  );
}

/** The search finds no comments on archived pages and in archived spaces: whether those are there is left open. */
async function differentComments(site: Site, database: Database, what: Comparison): Promise<string[]> {
  const { state } = site;
  const isOpen = (containerId: string) => {
    const container = state.contents.get(containerId);
    return container?.status === "archived" ||
      (container !== undefined && state.spaceOf(container).status === "archived") ||
      (container?.kind === "blogpost" && !isRead(what, container.spaceId, "blogposts")) ||
      what.excused.has(containerId);
  };
  const inAdf = new Set(
    (await database.all<{ id: string }>(
      `SELECT id FROM current_comments WHERE body LIKE '{"type":"doc"%'`,
    )).map(({ id }) => id),
  );
  const truth = [...state.commentsById.values()].filter((comment) => {
    const container = state.contents.get(comment.containerId);
    return comment.status === "current" && container?.status === "current" &&
      isRead(what, container.spaceId, "comments") && !isOpen(comment.containerId) &&
      seesComment(state, comment, site.accounts[0]!);
  });
  const comments = new Map(
    truth.map((comment) => [comment.id, {
      version: comment.version.number,
      kind: comment.kind,
      page_id: comment.containerId,
      space_id: state.contents.get(comment.containerId)!.spaceId,
      parent_id: comment.parentCommentId !== null && state.commentsById.has(comment.parentCommentId)
        ? comment.parentCommentId
        : undefined,
      resolution: comment.kind === "inline" ? comment.resolution : null,
      updated_at: new Date(comment.version.createdAt).toISOString(),
      // In the format of its space when it was read; which one is told by no column.
      body: inAdf.has(comment.id) ? undefined : comment.version.storage,
    }]),
  );
  const held = await currentOf(database, "current_comments", what, "comments");
  for (const [id, row] of held) {
    // What they were on may be gone.
    const isUnsearched = state.spacesById.get(String(row["space_id"]))?.status === "archived";
    if (isUnsearched || isOpen(String(row["page_id"]))) held.delete(id);
  }
  return compare("comment", comments, held, what.excused);
}

type Values = Readonly<Record<string, unknown>>;

async function currentOf(
  database: Database,
  view: string,
  what: Comparison,
  kind?: keyof ReadKinds,
): Promise<Map<string, Values>> {
  const rows = await database.all<Values>(`SELECT * FROM ${view} ORDER BY id`);
  return new Map(
    rows.filter((row) => {
      const spaceId = String(row["space_id"]);
      return what.spaces.has(spaceId) && (kind === undefined || isRead(what, spaceId, kind));
    }).map((row) => [String(row["id"]), row]),
  );
}

function compare(
  kind: string,
  truth: ReadonlyMap<string, Values>,
  index: ReadonlyMap<string, Values>,
  excused: ReadonlySet<string>,
): string[] {
  const found: string[] = [];
  for (const [id, expected] of truth) {
    if (excused.has(id)) continue;
    const row = index.get(id);
    if (row === undefined) found.push(`${kind} ${id} is missing`);
    else {
      const wrong = Object.keys(expected).filter((column) =>
        expected[column] !== undefined && (row[column] ?? null) !== (expected[column] ?? null)
      );
      for (const column of wrong) {
        found.push(
          `${kind} ${id}: ${column} is ${Deno.inspect(row[column])}, should be ${
            Deno.inspect(expected[column])
          }`,
        );
      }
    }
  }
  for (const id of index.keys()) {
    if (!truth.has(id) && !excused.has(id) && !excused.has(String(index.get(id)?.["page_id"]))) {
      found.push(`${kind} ${id} should not be there ${JSON.stringify(index.get(id)).slice(0, 600)}`);
    }
  }
  return found;
}
