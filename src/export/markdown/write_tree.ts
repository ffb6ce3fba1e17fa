import { toMarkdown } from "../../content/mod.ts";
import { containerPlaces, type Readable } from "../../database/reader.ts";
import { makeFolder } from "../atomic_file.ts";
import { AttachmentStore } from "../attachment_store.ts";
import { convertedPages } from "../converted_pages.ts";
import { readDirectory } from "../page_directory.ts";
import { copiedFiles } from "./copied_files.ts";
import { frontMatter } from "./front_matter.ts";
import { OutputTree, type TreeCounts } from "./output_tree.ts";
import { pagePaths } from "./page_tree.ts";
import { relativeLink } from "./relative_link.ts";

/** What a Markdown export did. */
export interface MarkdownTree extends TreeCounts {
  readonly folder: string;
  /** The first few of the files that were left alone, relative to the folder. */
  readonly keptFiles: readonly string[];
  /** Files of attachments that the index keeps, but not below this output folder: pages link to the site for them. */
  readonly missingFiles: number;
}

/**
 * Writes the current pages as Markdown files to `<out>/export/markdown/`, or brings the files of an earlier export in step: only what
 * changed is written again, and what is no longer a page is removed. Files of attachments that the index keeps are copied beside them. Files that somebody else made or changed are left alone.
 *
 * @param index The index.
 * @param out The output folder.
 * @param signal Stops it between pages; the next export goes on.
 * @throws {ConfluenceIndexError} `files` when a file cannot be written.
 */
export async function writeMarkdownTree(
  index: Readable,
  out: string,
  signal?: AbortSignal,
): Promise<MarkdownTree> {
  const folder = await makeFolder(out, "export", "markdown");
  const directory = await readDirectory(index);
  const paths = pagePaths([
    ...directory.pages,
    ...(await containerPlaces(index)).map((folder) => ({ ...folder, isFolder: true })),
  ]);
  using tree = await OutputTree.open(folder);
  const { files, missing } = await copiedFiles(index, new AttachmentStore(out));
  tree.removeOthers(new Set([...paths.values(), ...[...files.values()].map(({ path }) => path)]));
  for (const { path, source, sha256 } of files.values()) {
    if (signal?.aborted === true) break;
    tree.putCopy(path, source, sha256);
  }
  const fileOf = (id: string, from: string): string | undefined => {
    const file = files.get(id);
    return file === undefined ? undefined : relativeLink(paths.get(from) ?? "", file.path);
  };
  const hrefOf = (id: string, from: string): string => relativeLink(paths.get(from) ?? "", paths.get(id)!);
  for await (const { page, parsed } of convertedPages(index, directory, { hrefOf, fileOf, signal })) {
    const path = paths.get(page.id);
    // A page that an ingest has added since the directory was read is for the next export.
    if (path === undefined) continue;
    const body = toMarkdown(parsed);
    tree.put(path, body === "" ? frontMatter(page) : `${frontMatter(page)}\n${body}`);
  }
  await tree.finish();
  return { folder, ...tree.counts, keptFiles: tree.kept, missingFiles: missing };
}
