/**
 * How many pages a second `export --format markdown` writes, the first time, and again with nothing changed.
 * `deno task bench export`
 */
import { dirname, fromFileUrl, join } from "@std/path";
import { openDatabase } from "../../src/database/mod.ts";
import { writeMarkdownTree } from "../../src/export/mod.ts";
import { pagesOf, putPages } from "../export/support.ts";
import { table } from "./table.ts";

const ROOT = fromFileUrl(new URL("../..", import.meta.url));
const PAGES = 10_000;
const BATCH = 500;
/** Pages a second that are wanted. */
const AIM = 2_000;

/** Pages a second. */
export interface ExportSpeed {
  readonly pages: number;
  readonly bytesPerBody: number;
  readonly first: number;
  readonly again: number;
  /** How many files with the same bytes in the same folders a loop of plain writes makes. */
  readonly floor: number;
}

/** Fills an index with pages of about 2 KB in a tree, ten below each, and exports it twice. */
export async function measureExport(pages = PAGES): Promise<ExportSpeed> {
  await Deno.mkdir(join(ROOT, "dist"), { recursive: true });
  const dir = await Deno.makeTempDir({ dir: join(ROOT, "dist"), prefix: ".bench-" });
  try {
    await using database = await openDatabase(`file:${dir}/index.db`);
    for (let first = 0; first < pages; first += BATCH) {
      const some = Array.from({ length: Math.min(BATCH, pages - first) }, (_, i) => row(first + i));
      await putPages(database, some);
    }
    const time = async (): Promise<number> => {
      const start = performance.now();
      const { written, unchanged } = await writeMarkdownTree(database, dir);
      if (written + unchanged !== pages) throw new Error(`Cannot measure: ${written} + ${unchanged} pages`);
      return Math.round(pages / (performance.now() - start) * 1000);
    };
    const [first, again] = [await time(), await time()];
    const floor = await plainCopy(join(dir, "export", "markdown"), join(dir, "plain"));
    return { pages, bytesPerBody: body(pages - 1).length, first, again, floor };
  } finally {
    await Deno.remove(dir, { recursive: true });
  }
}

/** Writes the same files again, read beforehand; files a second. */
async function plainCopy(from: string, to: string): Promise<number> {
  const files = Object.entries(await pagesOf(from));
  for (const [path] of files) await Deno.mkdir(dirname(join(to, path)), { recursive: true });
  const start = performance.now();
  for (const [path, text] of files) await Deno.writeTextFile(join(to, path), text);
  return Math.round(files.length / (performance.now() - start) * 1000);
}

function row(n: number) {
  const parent = n === 0 ? null : String(Math.floor((n - 1) / 10) + 1);
  return { id: String(n + 1), title: `Page number ${n}`, parent, body: body(n) };
}

/** What pages are made of: headings, prose, a list, a table, a link to another page. */
function body(n: number): string {
  const prose = `The ${n}th boat leaves the quay when the tide allows it, and <strong>not</strong> before. `
    .repeat(6);
  return `<h1>Purpose</h1><p>${prose}</p><h2>Steps</h2><ul><li><p>Look at the <em>board</em></p></li><li><p>Ask the harbor</p></li></ul>` +
    `<p>${prose}</p><table><tbody><tr><th>Berth</th><th>Depth</th></tr><tr><td>${n}</td><td>4 m</td></tr></tbody></table>` +
    `<p>See <ac:link><ri:page ri:content-title="Page number ${
      Math.floor(n / 2)
    }" /></ac:link>.</p><p>${prose}</p>`;
}

/** The part of the benchmark. */
export async function exportTable(): Promise<string> {
  const { pages, bytesPerBody, first, again, floor } = await measureExport();
  const line = (what: string, speed: number, aim: number | null) => ({
    what,
    measured: `${speed} pages/s`,
    against: `${AIM} pages/s`,
    ratio: AIM / speed,
    aim,
  });
  return table(
    `Markdown export of ${
      pages.toLocaleString("en")
    } pages of ${bytesPerBody} bytes; the ratio is what it takes against what is wanted`,
    [
      line("the first time", first, 1),
      line("again, nothing changed", again, 1),
      line("the same files, written in a plain loop", floor, null),
    ],
  );
}
