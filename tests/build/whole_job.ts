/** The whole job with a built file: the sample site served, ingested, asked. */
import { assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { FakeConfluence, loadSite } from "../support/fake/mod.ts";
import { type Place, ROOT } from "./alone.ts";

/**
 * Does it, and checks what comes out.
 *
 * @param place Where.
 * @param file The built file.
 * @param kind What it must say it is.
 */
export async function doWholeJob(place: Place, file: string, kind: string): Promise<void> {
  const version = await place.run(file, ["--version"]);
  assertEquals([version.code, version.stderr], [0, ""]);
  assertMatch(
    version.stdout,
    new RegExp(`^confluence-index \\d\\S* \\(${kind}, Deno [\\d.]+, \\w+ \\w+\\)\n$`),
  );
  const help = await place.run(file, ["ingest", "--help"]);
  assertEquals([help.code, help.stderr], [0, ""]);
  assertStringIncludes(help.stdout, "--all-spaces");
  assertEquals((await Array.fromAsync(Deno.readDir(place.work))).length, 0, "they leave nothing behind");

  const fake = new FakeConfluence();
  await loadSite(fake.site, `${ROOT}/fixtures/site`);
  await using server = await fake.serve();
  const ingest = await place.run(file, ["ingest", "--all-spaces", "--json"], {
    env: {
      CONFLUENCE_BASE_URL: server.baseUrl,
      CONFLUENCE_EMAIL: "ana@example.com",
      CONFLUENCE_API_TOKEN: "test-token-ana",
    },
  });
  assertEquals(ingest.code, 0, ingest.stderr);
  const metrics = JSON.parse(ingest.stdout.trim().split("\n").at(-1)!);
  const visible = fake.site.visiblePages();
  assertEquals([metrics.pages, metrics.complete], [visible.length, true]);
  assertEquals(metrics.requests, fake.counters.total, "nothing else was asked of the site");

  const sql = "SELECT id FROM current_pages ORDER BY id";
  const query = await place.run(file, ["query", "--format", "ndjson"], { stdin: sql });
  assertEquals(query.code, 0, query.stderr);
  const ids = query.stdout.trim().split("\n").map((line) => JSON.parse(line).id);
  assertEquals(ids, visible.map(({ id }) => id).sort());

  const refused = await place.run(file, ["query", "DELETE FROM pages"]);
  assertEquals(refused.code, 2, refused.stdout);
}
