import { assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import { command as exportCommand } from "../../src/cli/export/command.ts";
import { command as ingest } from "../../src/cli/ingest/command.ts";
import { command as query } from "../../src/cli/query/command.ts";
import { command as run } from "../../src/cli/run/command.ts";
import { readDotEnv, resolveConfig } from "../../src/cli/config.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";
import { withTempDir } from "../support/temp_dir.ts";

const NONE = new Map<string, unknown>();

Deno.test("resolveConfig lets flags beat the environment, it .env, and that the defaults", async () => {
  const environment = { CONFLUENCE_INDEX_DB: "env.db", CONFLUENCE_BODY_FORMAT: "atlas_doc_format" };
  const dotEnv = {
    CONFLUENCE_INDEX_DB: "file.db",
    CONFLUENCE_BODY_FORMAT: "storage",
    CONFLUENCE_BASE_URL: "https://x.atlassian.net/wiki",
  };
  const all = await resolveConfig(ingest, new Map([["db", "flag.db"]]), environment, dotEnv);
  assertEquals(all.config.databaseUrl, "file:flag.db");
  assertEquals(all.config.bodyFormat, "atlas_doc_format");
  assertEquals(all.options.bodyFormat, "atlas_doc_format");
  assertEquals(all.config.baseUrl, "https://x.atlassian.net/wiki");
  assertEquals(all.config.outDir, "var");
  assertEquals(all.config.sources, {
    databaseUrl: "flag",
    bodyFormat: "environment",
    baseUrl: ".env",
    outDir: "default",
  });
  assertEquals((await resolveConfig(ingest, NONE, {}, dotEnv)).config.databaseUrl, "file:file.db");
  assertEquals((await resolveConfig(ingest, NONE, {}, {})).config.databaseUrl, "file:var/confluence.db");
});

Deno.test("resolveConfig takes an empty variable for one that is not set", async () => {
  const { config } = await resolveConfig(ingest, NONE, { CONFLUENCE_EMAIL: " ", CONFLUENCE_INDEX_DB: "" }, {
    CONFLUENCE_EMAIL: "ana@example.com",
  });
  assertEquals(config.email, "ana@example.com");
  assertEquals(config.sources.email, ".env");
  assertEquals(config.databaseUrl, "file:var/confluence.db");
});

Deno.test("resolveConfig fills in every option's default", async () => {
  const { options } = await resolveConfig(ingest, new Map([["maxPages", 5]]), {}, {});
  assertEquals(options.space, []);
  assertEquals(options.full, false);
  assertEquals(options.maxPages, 5);
  assertEquals(options.since, undefined);
  assertEquals(options.concurrency, 5);
  assertEquals(options.logLevel, "warning");
  assertEquals(options.quiet, false);
});

Deno.test("resolveConfig checks variables like flags, and says where a bad one stands", async () => {
  const bad = { CONFLUENCE_BODY_FORMAT: "storag" };
  const fromEnv = await assertRejects(() => resolveConfig(ingest, NONE, bad, {}), ConfluenceIndexError);
  assertEquals(fromEnv.code, "configuration");
  assertStringIncludes(fromEnv.message, 'Cannot read CONFLUENCE_BODY_FORMAT: "storag"');
  const fromFile = await assertRejects(() => resolveConfig(ingest, NONE, {}, bad), ConfluenceIndexError);
  assertStringIncludes(fromFile.message, "CONFLUENCE_BODY_FORMAT in .env");
  // A command that does not take the option does not care.
  assertEquals((await resolveConfig(query, NONE, bad, {})).config.bodyFormat, null);
});

Deno.test("resolveConfig gives secrets only to who needs them", async () => {
  const environment = { CONFLUENCE_API_TOKEN: "api-secret", CONFLUENCE_INDEX_DB_TOKEN: "db-secret" };
  const tokens = async (
    ...[command, flags]: [Parameters<typeof resolveConfig>[0], ReadonlyMap<string, unknown>]
  ) => {
    const { config } = await resolveConfig(command, flags, environment, {});
    return [config.apiToken, config.databaseToken];
  };
  assertEquals(await tokens(ingest, NONE), ["api-secret", null]);
  assertEquals(await tokens(query, NONE), [null, null]);
  assertEquals(await tokens(query, new Map([["db", "libsql://db.example.org"]])), [null, "db-secret"]);
  assertEquals(await tokens(exportCommand, NONE), [null, null]);
  assertEquals(await tokens(run, NONE), ["api-secret", null]);
  assertEquals(await tokens(run, new Map([["phases", ["export"]]])), [null, null]);
  assertEquals(await tokens(run, new Map([["phases", ["ingest", "export"]]])), ["api-secret", null]);
});

Deno.test("readDotEnv reads quotes, comments and export, and takes a missing file for an empty one", () =>
  withTempDir(async (dir) => {
    assertEquals(await readDotEnv(`${dir}/.env`), {});
    await Deno.writeTextFile(
      `${dir}/.env`,
      "# site\nCONFLUENCE_BASE_URL=https://x.atlassian.net/wiki\nexport CONFLUENCE_EMAIL='ana@example.com'\n" +
        'CONFLUENCE_API_TOKEN="a=b#c" # comment\n',
    );
    assertEquals(await readDotEnv(`${dir}/.env`), {
      CONFLUENCE_BASE_URL: "https://x.atlassian.net/wiki",
      CONFLUENCE_EMAIL: "ana@example.com",
      CONFLUENCE_API_TOKEN: "a=b#c",
    });
  }));

Deno.test("readDotEnv says when the file is there and cannot be read", () =>
  withTempDir(async (dir) => {
    const error = await assertRejects(() => readDotEnv(dir), ConfluenceIndexError);
    assertEquals(error.code, "configuration");
    assertStringIncludes(error.message, `Cannot read ${dir}: `);
  }));
