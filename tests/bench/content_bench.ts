/**
 * How fast bodies are converted, in MB of storage format a second on one core, and whether time grows with the size.
 * `deno task bench content`
 *
 * The bodies are made here, so that it runs anywhere; with the real ones beside the repository it measures those too.
 */
import process from "node:process";
import { parseBody, toChunks, toMarkdown, toText } from "../../src/content/mod.ts";
import { coverage, seenInStorage, wordsOf, wordsOfMarkdown } from "../content/visible_words.ts";
import { type Measurement, ms, table } from "./table.ts";

const TARGET_TEXT = 8;
const TARGET_MARKDOWN = 2.5;
/** How much longer a body may take that is eight times as large, against eight small ones; in quadratic time it would be 8. */
const GROWTH = 1.5;
/** The part of the visible words that may be lost. */
const LOSS = 0.01;

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

function hugeTable(size: number): string {
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

function speeds(name: string, bodies: readonly string[], rounds: number): Measurement[] {
  const encoder = new TextEncoder();
  const megabytes = bodies.reduce((sum, body) => sum + encoder.encode(body).length, 0) / 1e6;
  const parse = (value: string) => parseBody({ format: "storage", value });
  const line = (to: string, aim: number, convert: (body: string) => void): Measurement => {
    const speed = megabytes / best(rounds, () => bodies.forEach(convert)) * 1000;
    return {
      what: `${name} (${megabytes.toFixed(1)} MB) to ${to}`,
      measured: `${speed.toFixed(1)} MB/s`,
      against: `${aim.toFixed(1)} MB/s`,
      ratio: aim / speed,
      aim: 1,
    };
  };
  return [
    line("text", TARGET_TEXT, (body) => toText(parse(body))),
    line("Markdown", TARGET_MARKDOWN, (body) => toMarkdown(parse(body))),
    line("chunks", TARGET_MARKDOWN, (body) => void [...toChunks(parse(body))]),
  ];
}

/** How many of the words that people see are in the text and in the Markdown, by a scan that knows nothing of the converter. */
function wordsKept(bodies: readonly string[]): Measurement[] {
  const counts = { words: 0, text: 0, Markdown: 0 };
  for (const value of bodies) {
    const parsed = parseBody({ format: "storage", value });
    const { words } = seenInStorage(value);
    counts.words += words.length;
    counts.text += coverage(words, wordsOf(toText(parsed))).missing.length;
    counts.Markdown += coverage(words, wordsOfMarkdown(toMarkdown(parsed))).missing.length;
  }
  return (["text", "Markdown"] as const).map((to) => ({
    what: `${counts.words.toLocaleString("en")} words of real bodies, lost in ${to}`,
    measured: `${(counts[to] / counts.words * 100).toFixed(2)} %`,
    against: `${LOSS * 100} %`,
    ratio: counts[to] / counts.words / LOSS,
    aim: 1,
  }));
}

/** The same number of characters, once in eight bodies and once in a single one. */
function growth(name: string, make: (size: number) => string): Measurement {
  const convert = (value: string) => toMarkdown(parseBody({ format: "storage", value }));
  const small = make(400_000);
  const large = make(3_200_000);
  const many = best(8, () => {
    for (let index = 0; index < 8; index++) convert(small);
  });
  const one = best(8, () => convert(large));
  return {
    what: `one ${name} of 3.2 MB against eight of 400 KB, to Markdown`,
    measured: ms(one),
    against: ms(many),
    ratio: one / many,
    aim: GROWTH,
  };
}

/** The part of the benchmark. */
export function contentTable(): Promise<string> {
  const real = realBodies();
  const made = Array.from({ length: 500 }, () => page(8000));
  return Promise.resolve(
    table(
      `Conversion on one core; the ratio is what it takes against what is wanted${
        real.length > 0 ? "" : " (skipped: real bodies, ../shared/bodies is not here)"
      }`,
      [
        ...(real.length > 0 ? [...wordsKept(real), ...speeds(`${real.length} real bodies`, real, 8)] : []),
        ...speeds("500 made pages of 8 KB", made, 5),
        ...speeds("one table", [hugeTable(400_000)], 8),
        ...speeds("one page", [page(4_000_000)], 3),
        growth("page", page),
        growth("table", hugeTable),
      ],
    ),
  );
}
