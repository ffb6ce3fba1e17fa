/**
 * How fast bodies are converted, in MB of storage format a second on one core, and whether time grows with the size.
 * Run: `deno run -P=test tests/bench/content_bench.ts`.
 *
 * The bodies are made here, so that it runs anywhere; with the real ones beside the repository it measures those too.
 */
import process from "node:process";
import { parseBody, toChunks, toMarkdown, toText } from "../../src/content/mod.ts";

const TARGET_TEXT = 8;
const TARGET_MARKDOWN = 2.5;

/** A page of about `size` characters with a bit of everything. */
function page(size: number): string {
  const section = (index: number) =>
    `<h2>Section ${index}</h2><p>Some <strong>bold</strong> words &amp; a <a href="https://example.com/page_${index}">link</a>, ` +
    `<code>code_${index}</code> and <em>more</em>. The quick brown fox jumps over the lazy dog, 그룹을 관리합니다.</p>` +
    `<ul><li><p>first item</p></li><li><p>second item with <ac:link><ri:page ri:content-title="Page ${index}" /></ac:link></p></li></ul>` +
    `<table><tbody><tr><th><p>Key</p></th><th><p>Value</p></th></tr><tr><td><p>a_${index}</p></td><td><p>1 | 2</p></td></tr></tbody></table>` +
    `<ac:structured-macro ac:name="code" ac:schema-version="1"><ac:parameter ac:name="language">ts</ac:parameter>` +
    `<ac:plain-text-body><![CDATA[const x${index} = [1, 2];\nconsole.log(x);]]></ac:plain-text-body></ac:structured-macro>` +
    `<ac:structured-macro ac:name="info"><ac:rich-text-body><p>Mind the gap.</p></ac:rich-text-body></ac:structured-macro>`;
  let body = "";
  for (let index = 1; body.length < size; index++) body += section(index);
  return body;
}

function table(size: number): string {
  const row = "<tr>" + "<td><p>cell with some words</p></td>".repeat(8) + "</tr>";
  return `<table><tbody>${row.repeat(Math.ceil(size / row.length))}</tbody></table>`;
}

function realBodies(): string[] {
  const folder = new URL("../../../shared/bodies/storage/", import.meta.url);
  try {
    return [...Deno.readDirSync(folder)].map((entry) => Deno.readTextFileSync(new URL(entry.name, folder)));
  } catch {
    return [];
  }
}

/**
 * The best of several rounds, in milliseconds of processor time, garbage collection included: on a shared machine the
 * clock measures the neighbours.
 */
function best(rounds: number, work: () => void): number {
  let least = Infinity;
  for (let round = 0; round < rounds; round++) {
    const start = process.cpuUsage();
    work();
    const { user, system } = process.cpuUsage(start);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}

function report(name: string, bodies: readonly string[], rounds: number): void {
  const encoder = new TextEncoder();
  const megabytes = bodies.reduce((sum, body) => sum + encoder.encode(body).length, 0) / 1e6;
  const parse = (value: string) => parseBody({ format: "storage", value });
  const speed = (milliseconds: number) => (megabytes / milliseconds) * 1000;
  const text = speed(best(rounds, () => bodies.forEach((body) => toText(parse(body)))));
  const markdown = speed(best(rounds, () => bodies.forEach((body) => toMarkdown(parse(body)))));
  const chunks = speed(best(rounds, () => bodies.forEach((body) => void [...toChunks(parse(body))])));
  print(
    `${name.padEnd(24)} ${megabytes.toFixed(2).padStart(6)} MB   to text ${
      text.toFixed(1).padStart(5)
    } MB/s (wanted ${TARGET_TEXT})` +
      `   to Markdown ${markdown.toFixed(1).padStart(5)} MB/s (wanted ${TARGET_MARKDOWN})   to chunks ${
        chunks.toFixed(1).padStart(5)
      } MB/s`,
  );
}

/** The same number of characters, once in eight bodies and once in a single one. */
function reportGrowth(name: string, make: (size: number) => string): void {
  const convert = (value: string) => toMarkdown(parseBody({ format: "storage", value }));
  const small = make(400_000);
  const large = make(3_200_000);
  const many = best(8, () => {
    for (let index = 0; index < 8; index++) convert(small);
  });
  const ratio = best(8, () => convert(large)) / many;
  print(
    `${name.padEnd(24)} one body of 3.2 MB against 8 of 400 KB: ${
      ratio.toFixed(2)
    } times (1 is in proportion)`,
  );
}

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const real = realBodies();
if (real.length > 0) report(`${real.length} real bodies`, real, 8);
report("500 made pages of 8 KB", Array.from({ length: 500 }, () => page(8000)), 5);
report("one table of 400 KB", [table(400_000)], 8);
report("one page of 4 MB", [page(4_000_000)], 3);
reportGrowth("page", page);
reportGrowth("table", table);
