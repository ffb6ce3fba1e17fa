/**
 * Reads the sample site of `fixtures/site` as it lies on disk, for tests that check the files themselves.
 *
 * @module
 */
/** One version of a page or post; the last one always has a body file. */
export interface Version {
  readonly number: number;
  readonly createdAt: string;
  readonly authorId: string;
  readonly body?: string;
}

/** What pages and blog posts share. */
export interface Content {
  readonly id: string;
  readonly title: string;
  readonly authorId: string;
  readonly createdAt: string;
  readonly labels: readonly string[];
  readonly versions: readonly Version[];
}

/** A page; without a status it is current. */
export interface Page extends Content {
  readonly parentId: string | null;
  readonly parentType?: string;
  readonly status?: string;
  readonly subtype?: string;
}

/** A file of a page: with bytes on disk, or with a size only. */
export interface Attachment {
  readonly id: string;
  readonly pageId: string;
  readonly filename: string;
  readonly mediaType: string;
  readonly authorId: string;
  readonly createdAt: string;
  readonly file?: string;
  readonly size?: number;
  readonly fileId?: string;
}

/** A footer or inline comment, or a reply to one. */
export interface Comment {
  readonly id: string;
  readonly pageId: string;
  readonly kind: string;
  readonly parentCommentId?: string;
  readonly authorId: string;
  readonly createdAt: string;
  readonly body: string;
}

/** A folder in the page tree. */
export interface Folder {
  readonly id: string;
  readonly title: string;
  readonly parentId: string | null;
  readonly parentType?: string;
  readonly authorId: string;
  readonly createdAt: string;
}

/** A space as `space.json` describes it. */
export interface Space {
  /** Name of its folder below `fixtures/site`. */
  readonly folder: string;
  readonly id: string;
  readonly key: string;
  readonly type: string;
  readonly homepageId: string;
  readonly authorId: string;
  readonly createdAt: string;
  readonly pages: readonly Page[];
  readonly folders: readonly Folder[];
  readonly attachments: readonly Attachment[];
  readonly blogPosts: readonly Content[];
  readonly comments: readonly Comment[];
}

/** Where the sample site lies. */
export const SITE = new URL("../../fixtures/site/", import.meta.url);

/** The text of a file below `fixtures/site`. */
export function read(path: string): string {
  return Deno.readTextFileSync(new URL(path, SITE));
}

/** Every file below a folder of `fixtures/site`, which is `""` or ends with a slash. */
export function listFiles(folder: string): string[] {
  return [...Deno.readDirSync(new URL(folder, SITE))].flatMap((entry) =>
    entry.isDirectory ? listFiles(`${folder}${entry.name}/`) : [`${folder}${entry.name}`]
  );
}

/** Every space, by id. */
export function loadSpaces(): Space[] {
  return [...Deno.readDirSync(SITE)].filter((entry) => entry.isDirectory).map((entry) => ({
    ...JSON.parse(read(`${entry.name}/space.json`)),
    folder: entry.name,
  })).sort((a, b) => Number(a.id) - Number(b.id));
}

/** The current storage body. */
export function bodyOf(space: Space, content: Content): string {
  return read(`${space.folder}/${content.id}.xhtml`);
}
