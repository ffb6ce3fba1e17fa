import { assertEquals, assertThrows } from "@std/assert";
import { resolve } from "@std/path";
import type { Command } from "../../src/cli/command.ts";
import { resolveConfig, type Variables } from "../../src/cli/config.ts";
import { command as backup } from "../../src/cli/backup/command.ts";
import { command as configure } from "../../src/cli/configure/command.ts";
import { command as doctor } from "../../src/cli/doctor/command.ts";
import { command as exportCommand } from "../../src/cli/export/command.ts";
import { command as ingest } from "../../src/cli/ingest/command.ts";
import { derivePermissions } from "../../src/cli/permissions.ts";
import { command as query } from "../../src/cli/query/command.ts";
import { ConfluenceIndexError } from "../../src/errors.ts";

const SITE = {
  CONFLUENCE_BASE_URL: "https://x.atlassian.net/wiki",
  CONFLUENCE_EMAIL: "ana@example.com",
  CONFLUENCE_API_TOKEN: "test-token",
};

async function derived(command: Command, environment: Variables, files: string[] = [], offline = false) {
  const { config } = await resolveConfig(command, new Map(), environment, {});
  return derivePermissions(command.needs, config, files, offline);
}

Deno.test("derivePermissions gives ingest its site, its database's folder and its output folder", async () => {
  assertEquals(await derived(ingest, { ...SITE, CONFLUENCE_INDEX_DB: "data/x.db" }), {
    net: ["x.atlassian.net:443", "api.atlassian.com:443"],
    read: [resolve("data"), resolve("var"), ...(Deno.build.os === "linux" ? ["/usr/bin/ldd"] : [])],
    write: [resolve("data"), resolve("var")],
    env: ["LIBSQL_JS_DEV"],
    sys: ["cpus", "hostname", "networkInterfaces"],
    ffi: true,
    run: false,
    import: false,
  });
});

Deno.test("derivePermissions gives no folder for a database that lies openly in the working folder or the root", async () => {
  const own = await derived(ingest, { ...SITE, CONFLUENCE_INDEX_DB: "x.db" });
  assertEquals(own.write, [
    ...["", "-wal", "-shm", "-journal"].map((end) => resolve("x.db") + end),
    resolve("var"),
  ]);
  const root = await derived(ingest, { ...SITE, CONFLUENCE_INDEX_DB: "/x.db" });
  assertEquals(root.write.slice(0, 2), ["/x.db", "/x.db-wal"]);
});

Deno.test("derivePermissions adds the gateway, for tokens that turn out to be scoped, and the database's server where there is one", async () => {
  const gateway = { CONFLUENCE_GATEWAY_URL: "https://gateway.example.org" };
  assertEquals((await derived(ingest, { ...SITE, ...gateway })).net, [
    "x.atlassian.net:443",
    "gateway.example.org:443",
  ]);
  const local = { ...SITE, CONFLUENCE_BASE_URL: "http://127.0.0.1:9000/wiki" };
  assertEquals((await derived(ingest, local)).net, ["127.0.0.1:9000"]);
  assertEquals((await derived(ingest, { ...local, CONFLUENCE_CLOUD_ID: "abc" })).net, [
    "127.0.0.1:9000",
    "api.atlassian.com:443",
  ]);
  const served = await derived(ingest, { ...SITE, CONFLUENCE_INDEX_DB: "libsql://db.example.org" });
  assertEquals(served.net, ["x.atlassian.net:443", "api.atlassian.com:443", "db.example.org:443"]);
  assertEquals(served.write, [resolve("var")]);
});

Deno.test("derivePermissions keeps a dry run off the network", async () => {
  assertEquals((await derived(ingest, SITE, [], true)).net, []);
});

Deno.test("derivePermissions lets query read the database's files and nothing more", async () => {
  const file = resolve("data/x.db");
  assertEquals(await derived(query, { ...SITE, CONFLUENCE_INDEX_DB: "data/x.db" }, ["q.sql"]), {
    net: [],
    read: [resolve("q.sql"), file, `${file}-wal`, `${file}-shm`, `${file}-journal`],
    write: [],
    env: [],
    sys: [],
    ffi: false,
    run: false,
    import: false,
  });
  const served = await derived(query, { CONFLUENCE_INDEX_DB: "http://127.0.0.1:8080" });
  assertEquals([served.net, served.read, served.ffi], [["127.0.0.1:8080"], [], false]);
});

Deno.test("derivePermissions gives export no network", async () => {
  assertEquals((await derived(exportCommand, SITE)).net, []);
});

Deno.test("derivePermissions names all that is missing at once", async () => {
  const error = (environment: Variables) => async () => {
    const { config } = await resolveConfig(ingest, new Map(), environment, {});
    return assertThrows(() => derivePermissions(ingest.needs, config), ConfluenceIndexError);
  };
  const all = await error({})();
  assertEquals(all.code, "configuration");
  assertEquals(
    all.message,
    "Cannot ask Confluence: CONFLUENCE_BASE_URL, CONFLUENCE_EMAIL and CONFLUENCE_API_TOKEN are not set",
  );
  const one = await error({ ...SITE, CONFLUENCE_API_TOKEN: undefined })();
  assertEquals(one.message, "Cannot ask Confluence: CONFLUENCE_API_TOKEN is not set");
});

Deno.test("derivePermissions accepts plain http for this machine only, and no secret in the site's URL", async () => {
  for (const url of ["http://127.0.0.1:9000/wiki", "http://localhost/wiki", "http://[::1]:9000/wiki"]) {
    const { net } = await derived(ingest, { ...SITE, CONFLUENCE_BASE_URL: url });
    assertEquals(net, [`${new URL(url).hostname}:${new URL(url).port || "80"}`]);
  }
  for (
    const url of [
      "http://x.atlassian.net/wiki",
      "http://127.0.0.1.example.org/wiki",
      "http://localhost.example.org",
      "ftp://x.atlassian.net",
      "x.atlassian.net",
      "https://ana:hunter2@x.atlassian.net/wiki",
    ]
  ) {
    const { config } = await resolveConfig(ingest, new Map(), { ...SITE, CONFLUENCE_BASE_URL: url }, {});
    const error = assertThrows(
      () => derivePermissions(ingest.needs, config),
      ConfluenceIndexError,
      "Cannot use CONFLUENCE_BASE_URL: ",
    );
    assertEquals(error.message.includes("hunter2"), false);
  }
});

Deno.test("derivePermissions lets configure write .env and the file it is renamed from, and nothing more", async () => {
  const { net, read, write, ffi, env, sys } = await derived(configure, SITE);
  assertEquals(net, ["x.atlassian.net:443", "api.atlassian.com:443"]);
  assertEquals([read, write], [
    [".env", ".env.new"].map((name) => resolve(name)),
    [".env", ".env.new"].map((name) => resolve(name)),
  ]);
  assertEquals([ffi, env, sys], [false, [], []]);
});

Deno.test("derivePermissions gives doctor no network while no usable site is configured", async () => {
  assertEquals((await derived(doctor, SITE)).net, ["x.atlassian.net:443", "api.atlassian.com:443"]);
  assertEquals((await derived(doctor, {})).net, []);
  assertEquals((await derived(doctor, { ...SITE, CONFLUENCE_BASE_URL: "http://x.atlassian.net" })).net, []);
});

Deno.test("derivePermissions lets backup write its file and the one it is renamed from, and nothing more", async () => {
  const { config } = await resolveConfig(backup, new Map(), { CONFLUENCE_INDEX_DB: "data/x.db" }, {});
  const { write, net, ffi } = derivePermissions(backup.needs, config, [], false, ["copies/y.db"]);
  assertEquals(write, [resolve("copies/y.db"), resolve("copies/y.db.new")]);
  assertEquals([net, ffi], [[], false]);
});
