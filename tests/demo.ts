/**
 * The demo: serves the sample site, ingests it with the real program, asks it two questions, says what to do next.
 *
 * @module
 */
// deno-lint-ignore-file no-console -- it talks to a person
import { main } from "../src/cli/main.ts";
import { FakeConfluence, loadSite } from "./support/fake/mod.ts";

const FOLDER = "var/demo";
const QUESTIONS = [
  {
    question: "Which spaces are there, and how much do they hold?",
    sql: "SELECT space_key, count(*) AS pages, sum(length(body)) AS characters, max(updated_at) AS newest " +
      "FROM current_pages GROUP BY space_key ORDER BY pages DESC",
  },
  {
    question: "Which pages were changed most often?",
    sql:
      "SELECT title, space_key, version, date(updated_at) AS changed FROM current_pages ORDER BY version DESC, title LIMIT 5",
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
  const db = ["--db", "file:confluence.db"];
  await run(["ingest", "--all-spaces", ...db, "--out", "."]);
  for (const { question, sql } of QUESTIONS) {
    console.log(`\n${question}`);
    await run(["query", sql, "--format", "table", ...db]);
  }
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
