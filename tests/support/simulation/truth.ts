/** Compares the index with the site as the account sees it. */
import type { Database } from "../../../src/database/mod.ts";
import type { Site, Status } from "../fake/mod.ts";

/** What is compared. */
export interface Comparison {
  readonly spaceIds: ReadonlySet<string>;
  readonly statuses: readonly Status[];
  readonly bodyFormat: string;
  /** Ids that may differ, and whose attachments may: their failure is on record. */
  readonly excused: ReadonlySet<string>;
}

/** One sentence for each difference; empty when the index is right. */
export async function differences(site: Site, database: Database, what: Comparison): Promise<string[]> {
  const pages = new Map(
    site.visiblePages(undefined, what.statuses).filter((page) => what.spaceIds.has(page.spaceId)).map((
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
        created_at: page.createdAt,
        updated_at: page.updatedAt,
        version_message: page.versionMessage,
        minor_edit: page.minorEdit ? 1 : 0,
        body_format: what.bodyFormat,
        labels: JSON.stringify([...page.labels].sort()),
        body: what.bodyFormat === "storage" ? page.storage : page.adf,
      },
    ]),
  );
  const files = new Map(
    site.visibleAttachments(undefined, what.statuses).filter((file) =>
      file.containerType === "page" && what.spaceIds.has(file.spaceId) && !what.excused.has(file.containerId)
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
    ...compare("page", pages, await currentOf(database, "current_pages", what.spaceIds), what.excused),
    ...compare(
      "attachment",
      files,
      await currentOf(database, "current_attachments", what.spaceIds),
      what.excused,
    ),
  ];
}

type Values = Readonly<Record<string, unknown>>;

async function currentOf(
  database: Database,
  view: string,
  spaceIds: ReadonlySet<string>,
): Promise<Map<string, Values>> {
  const rows = await database.all<Values>(`SELECT * FROM ${view} ORDER BY id`);
  return new Map(
    rows.filter((row) => spaceIds.has(String(row["space_id"]))).map((row) => [String(row["id"]), row]),
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
        (row[column] ?? null) !== (expected[column] ?? null)
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
      found.push(`${kind} ${id} should not be there`);
    }
  }
  return found;
}
