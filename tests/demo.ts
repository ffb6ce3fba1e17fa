/**
 * The demo: serves the sample site, ingests it with the real program, searches, asks and exports it, says what to do next.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- it talks to a person
import { main } from "../src/cli/main.ts";
import { FakeConfluence, loadSite } from "./support/fake/mod.ts";

const FOLDER = "var/demo";
/** The folder's own index, whatever is configured elsewhere. */
const DB = ["--db", "file:confluence.db"];
const TABLE = ["--format", "table", ...DB];
/** What is shown of it, one after the other. */
const STEPS: readonly { readonly what: string; readonly args: readonly string[] }[] = [
  {
    what: "Where is the tide table?",
    args: ["search", "tide table", "--limit", "2", "--format", "text", ...DB],
  },
  {
    what: "Which pages were changed most often?",
    args: [
      "query",
      "SELECT title, space_key, version, date(updated_at) AS changed FROM current_pages ORDER BY version DESC, title LIMIT 4",
      ...TABLE,
    ],
  },
  {
    what: "Which labels do people use?",
    args: [
      "query",
      "SELECT label, count(*) AS pages FROM page_labels GROUP BY label ORDER BY pages DESC, label LIMIT 4",
      ...TABLE,
    ],
  },
  {
    what: "A question that is saved: which pages do most others link to?",
    args: ["query", "most-linked", "--param", "limit:=3", ...TABLE],
  },
  {
    what: "All pages as a tree of Markdown files, with links that work:",
    args: ["export", "--format", "markdown", "--out", ".", ...DB],
  },
  {
    what: "And in chunks, for search and retrieval:",
    args: ["export", "--chunks", "600", "--out", ".", ...DB],
  },
];

async function run(args: readonly string[]): Promise<void> {
  console.log(
    `\n$ confluence-index ${args.map((arg) => /[^\w:./~-]/.test(arg) ? `"${arg}"` : arg).join(" ")}`,
  );
  const code = await main(args);
  if (code !== 0) throw new Error(`The demo failed: confluence-index ended with ${code}`);
}

const started = performance.now();
await Deno.remove(FOLDER, { recursive: true }).catch(() => {});
await Deno.mkdir(FOLDER, { recursive: true });
const fake = new FakeConfluence();
await loadSite(fake.site, "fixtures/site");
const server = await fake.serve();
console.log(`A sample Confluence site is being served on this machine: ${server.baseUrl}`);
// Own settings and an own folder: somebody's .env is neither read nor used.
Deno.env.set("CONFLUENCE_BASE_URL", server.baseUrl);
Deno.env.set("CONFLUENCE_EMAIL", "ana@example.com");
Deno.env.set("CONFLUENCE_API_TOKEN", "test-token-ana");
Deno.chdir(FOLDER);
try {
  await run(["ingest", "--all-spaces", ...DB, "--out", "."]);
  for (const { what, args } of STEPS) {
    console.log(`\n${what}`);
    await run(args);
  }
  const chunk = (await Deno.readTextFile("export/chunks.ndjson")).split("\n").find((line) =>
    line.includes("borrow")
  );
  console.log(`\nOne of them:\n${chunk}`);
} finally {
  await server.shutdown();
}
console.log(`
Done in ${
  ((performance.now() - started) / 1000).toFixed(1)
} s. The index is ${FOLDER}/confluence.db, an SQLite file: open it with any tool, or ask it more:

  deno task query --db file:${FOLDER}/confluence.db "SELECT title, url FROM current_pages LIMIT 5"

With your own site:

  1. Make an API token: https://id.atlassian.com/manage-profile/security/api-tokens
  2. cp .env.example .env      and fill in the three values
  3. deno task ingest --space KEY
`);
