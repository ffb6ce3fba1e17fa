/** Page bodies in every format the API offers, all made from storage. */
import type { StorageSource, VersionRecord } from "./records.ts";

const WORDS =
  ("harbour tide berth ledger crew signal winch hull chart beacon cargo pilot ferry anchor deck rope " +
    "inspection schedule weather engine fuel safety report passenger ticket queue deploy service index cache")
    .split(" ");

const CHUNK = 128;
const CORPUS = makeCorpus(2048);

/** Paragraphs of exactly {@linkcode CHUNK} characters, so that any slice at a paragraph is well-formed. */
function makeCorpus(paragraphs: number): string {
  let text = "";
  for (let n = 0; n < paragraphs; n++) {
    let inner = "";
    for (let i = 0; inner.length < CHUNK - 7; i++) {
      inner += `${WORDS[(n * 7 + i * (1 + n % 5)) % WORDS.length]} `;
    }
    text += `<p>${inner.slice(0, CHUNK - 8)}.</p>`;
  }
  return text;
}

/** The storage text of a version; filler is the same for the same id, version and size. */
export function storageText(source: StorageSource, id: string, version: number): string {
  if (typeof source === "string") return source;
  const head = `<p>Page ${id}, version ${version}.</p>`;
  const room = source.bytes - head.length;
  if (room < CHUNK) return head.padEnd(source.bytes);
  const paragraphs = Math.floor(room / CHUNK);
  const start = ((Number(id.slice(-6)) * 31 + version * 17) % 1024) * CHUNK;
  const parts = [head];
  for (let left = paragraphs; left > 0;) {
    const take = Math.min(left, 1024);
    parts.push(CORPUS.slice(start, start + take * CHUNK));
    left -= take;
  }
  parts.push(" ".repeat(room % CHUNK));
  // Joining makes one flat string, which JSON.stringify takes three times faster than a sum.
  return parts.join("");
}

/** What a person would read, roughly: for the search index and the derived formats. */
export function plainText(storage: string): string {
  return storage
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, inner: string) => inner.replace(/[<&]/g, " "))
    .replace(/<\/(p|h[1-6]|li|tr|div|td|th)>|<br\s*\/?>/g, "\n")
    .replace(/<[^>]*>/g, " ")
    .replace(/&nbsp;/g, " ").replace(/&lt;/g, "<").replace(/&gt;/g, ">").replace(/&quot;/g, '"')
    .replace(/&amp;/g, "&")
    .replace(/[ \t]+/g, " ").replace(/ *\n\s*/g, "\n").trim();
}

/** The ADF document of a version as JSON text: the stored one, or paragraphs of its words. */
export function adfText(version: VersionRecord, id: string): string {
  if (version.adf !== null) return version.adf;
  const text = plainText(storageText(version.storage, id, version.number));
  const content = text === "" ? [] : text.split("\n").map((line, index) => ({
    type: "paragraph",
    attrs: { localId: `${id}-${index}` },
    content: [{ type: "text", text: line }],
  }));
  return JSON.stringify({ type: "doc", version: 1, content });
}

/** A plain rendering: macros are unwrapped, resource identifiers dropped. */
export function renderedText(storage: string, base: string | null): string {
  const html = storage
    .replace(
      /<ac:plain-text-body><!\[CDATA\[([\s\S]*?)\]\]><\/ac:plain-text-body>/g,
      (_, code: string) => `<pre>${code.replace(/&/g, "&amp;").replace(/</g, "&lt;")}</pre>`,
    )
    .replace(/<ac:parameter[^>]*>[\s\S]*?<\/ac:parameter>/g, "")
    .replace(/<ac:structured-macro[^>]*ac:name="([^"]*)"[^>]*>/g, '<div class="conf-macro $1">')
    .replace(/<\/ac:structured-macro>/g, "</div>")
    .replace(/<\/?(ac|ri):[^>]*>/g, "");
  return base === null ? html : html.replace(/(href|src)="\/(?!\/)/g, `$1="${base}/`);
}
