/** Loads the sample site of `fixtures/site`: one folder per space, bodies in files of their own. */
import { join } from "@std/path";
import type { Site } from "./site.ts";
import type { ContentKind, Status } from "./state/records.ts";
import type { NewContent, NewVersion } from "./verbs/contents.ts";

interface SiteFile {
  readonly siteName?: string;
  readonly cloudId?: string;
  readonly defaultTimeZone?: string;
  readonly users: readonly {
    readonly accountId: string;
    readonly displayName: string;
    readonly email?: string;
    readonly publicName?: string;
  }[];
}

interface VersionFile {
  readonly number: number;
  readonly createdAt: string;
  readonly message?: string;
  readonly authorId?: string;
  readonly minorEdit?: boolean;
  readonly title?: string;
  readonly body?: string;
}

interface ContentFile {
  readonly id: string;
  readonly title: string;
  readonly parentId?: string | null;
  readonly position?: number | null;
  readonly status?: Status;
  readonly authorId?: string;
  readonly createdAt?: string;
  readonly labels?: readonly string[];
  readonly versions?: readonly VersionFile[];
  readonly subtype?: "live" | "page";
  readonly type?: ContentKind;
}

interface SpaceFile {
  readonly id: string;
  readonly key: string;
  readonly name: string;
  readonly type?: string;
  readonly description?: string;
  readonly homepageId?: string | null;
  readonly createdAt?: string;
  readonly authorId?: string;
  readonly pages?: readonly ContentFile[];
  readonly folders?: readonly ContentFile[];
  readonly blogPosts?: readonly ContentFile[];
  readonly attachments?: readonly {
    readonly id: string;
    readonly pageId: string;
    readonly filename: string;
    readonly mediaType: string;
    readonly comment?: string;
    readonly file?: string;
    readonly size?: number;
    readonly authorId?: string;
    readonly createdAt?: string;
    readonly version?: number;
    readonly fileId?: string;
  }[];
  readonly comments?: readonly {
    readonly id: string;
    readonly pageId: string;
    readonly kind: "footer" | "inline";
    readonly parentCommentId?: string | null;
    readonly authorId?: string;
    readonly createdAt?: string;
    readonly body: string;
  }[];
}

/**
 * Adds everything under `dir` to the site, findable at once. Name, cloud id and zone become those of the sample site.
 *
 * @param dir Folder with `site.json` and one folder for each space.
 */
export async function loadSite(site: Site, dir: string): Promise<void> {
  const about = await readJson<SiteFile>(join(dir, "site.json"));
  if (about.defaultTimeZone !== undefined) site.settings.timeZone = about.defaultTimeZone;
  if (about.siteName !== undefined) site.name = about.siteName;
  if (about.cloudId !== undefined) site.cloudId = about.cloudId;
  for (const user of about.users) {
    site.addUser(user);
    const account = site.accounts.findIndex(({ email }) => email === user.email);
    if (account >= 0) site.accounts[account] = { ...site.accounts[account]!, ...nameOf(user) };
  }
  const folders: string[] = [];
  for await (const entry of Deno.readDir(dir)) if (entry.isDirectory) folders.push(entry.name);
  for (const folder of folders.toSorted()) await loadSpace(site, join(dir, folder));
  site.index.flush();
}

/** An account whose e-mail the sample site knows becomes that person. */
function nameOf({ accountId, displayName }: SiteFile["users"][number]) {
  return { accountId, displayName };
}

async function loadSpace(site: Site, dir: string): Promise<void> {
  const file = await readJson<SpaceFile>(join(dir, "space.json"));
  const space = site.addSpace({
    id: file.id,
    key: file.key,
    name: file.name,
    ...given({
      type: file.type,
      description: file.description,
      authorId: file.authorId,
      createdAt: file.createdAt,
    }),
  });
  await loadTree(site, dir, space.id, file);
  for (const post of file.blogPosts ?? []) site.addBlogPost(await toContent(dir, space.id, post));
  space.homepageId = file.homepageId ?? null;
  for (const { file: name, pageId, ...attachment } of file.attachments ?? []) {
    const bytes = name === undefined ? undefined : await Deno.readFile(join(dir, name));
    site.attach(pageId, { ...attachment, ...given({ bytes }) });
  }
  for (const { kind, pageId, parentCommentId, ...comment } of file.comments ?? []) {
    const add = kind === "footer" ? "addFooterComment" : "addInlineComment";
    site[add](pageId, { ...comment, ...given({ parentCommentId: parentCommentId ?? undefined }) });
  }
}

/** Parents first, whatever the order in the file. What is in the trash has no parent. */
async function loadTree(site: Site, dir: string, spaceId: string, file: SpaceFile): Promise<void> {
  const waiting = new Map<string, ContentFile & { readonly kind: ContentKind }>();
  for (const page of file.pages ?? []) waiting.set(page.id, { ...page, kind: "page" });
  for (const folder of file.folders ?? []) {
    waiting.set(folder.id, { ...folder, kind: folder.type ?? "folder" });
  }
  while (waiting.size > 0) {
    const ready = [...waiting.values()].filter(({ parentId }) => !waiting.has(parentId ?? ""));
    if (ready.length === 0) {
      throw new Error(`Cannot load ${dir}: parents of ${[...waiting.keys()]} go in a circle`);
    }
    for (const content of ready) {
      const made = await toContent(dir, spaceId, content);
      const add = {
        page: "addPage",
        folder: "addFolder",
        whiteboard: "addWhiteboard",
        database: "addDatabase",
      } as const;
      if (content.kind === "blogpost" || content.kind === "embed") {
        throw new Error(`Cannot load ${content.kind}`);
      }
      site[add[content.kind]](made);
      waiting.delete(content.id);
    }
  }
}

async function toContent(dir: string, spaceId: string, file: ContentFile): Promise<NewContent> {
  const { versions = [], parentId, ...rest } = file;
  const history: NewVersion[] = [];
  for (const [index, { body, ...version }] of versions.entries()) {
    const current = index === versions.length - 1;
    history.push({
      ...version,
      ...given({
        body: await readText(join(dir, body ?? `${file.id}.xhtml`), body === undefined),
        adf: current ? await readText(join(dir, `${file.id}.adf.json`), true) : undefined,
      }),
    });
  }
  return {
    id: rest.id,
    title: rest.title,
    spaceId,
    parentId: parentId ?? null,
    ...(history.length === 0 ? {} : { history }),
    ...given({
      position: rest.position,
      status: rest.status,
      authorId: rest.authorId,
      createdAt: rest.createdAt,
      labels: rest.labels,
      subtype: rest.subtype,
    }),
  };
}

/** Leaves out what is undefined, so that defaults apply. */
function given<T extends object>(fields: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: Exclude<T[K], undefined>;
  };
}

async function readJson<T>(path: string): Promise<T> {
  return JSON.parse(await Deno.readTextFile(path)) as T;
}

async function readText(path: string, optional: boolean): Promise<string | undefined> {
  try {
    return await Deno.readTextFile(path);
  } catch (error) {
    if (optional && error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}
