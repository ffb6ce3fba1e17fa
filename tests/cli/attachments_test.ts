/** Files of attachments through the command line: the real store, the real permissions, the media host on a port of its own. */
import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import { FakeConfluence, type RunningFake } from "../support/fake/mod.ts";
import { runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

interface World {
  readonly dir: string;
  readonly fake: FakeConfluence;
  readonly site: RunningFake;
  readonly page: string;
  run(...args: string[]): ReturnType<typeof runCli>;
  rows(sql: string): Promise<Record<string, unknown>[]>;
}

async function withSite(work: (world: World) => Promise<void>): Promise<void> {
  await withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "DOCS" });
    const page = fake.site.addPage({ spaceKey: "DOCS", title: "Plans" }).id;
    await using site = await fake.serve();
    const run = (...args: string[]) =>
      runCli(args, { cwd: dir, site, env: { CONFLUENCE_MEDIA_URL: site.mediaUrl } });
    const rows = async (sql: string) => JSON.parse((await run("query", sql, "--json")).stdout);
    await work({ dir, fake, site, page, run, rows });
  });
}

const bytesOf = (text: string) => new TextEncoder().encode(text);
const hashOf = (text: string) => createHash("sha256").update(text).digest("hex");
const DOWNLOAD = ["ingest", "--space", "DOCS", "--attachments", "download", "--rps", "500"];

async function filesBelow(folder: string): Promise<string[]> {
  const found: string[] = [];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      found.push(...(await filesBelow(`${folder}/${name}`)).map((below) => `${name}/${below}`));
    } else found.push(name);
  }
  return found.sort();
}

Deno.test("ingest --attachments download keeps files by their hash, private, whatever their names", () =>
  withSite(async ({ dir, fake, page, run, rows }) => {
    const names = ["../../evil.txt", "/etc/passwd", "con", "a\u0000b", "plan.pdf\u202e", "x".repeat(300)];
    names.forEach((filename, i) => fake.site.attach(page, { filename, bytes: bytesOf(`file ${i}`) }));
    const { code, stderr } = await run(...DOWNLOAD);
    assertEquals(code, 0, stderr);
    assertStringIncludes(stderr, "DOCS: 6 files downloaded, 36 B");
    const hashes = names.map((_, i) => hashOf(`file ${i}`)).sort();
    assertEquals(
      await filesBelow(`${dir}/var/attachments`),
      hashes.map((hash) => `${hash.slice(0, 2)}/${hash}`),
    );
    assertEquals(
      (await rows("SELECT sha256 FROM current_attachments")).map(({ sha256 }) => sha256).sort(),
      hashes,
    );
    const { mode } = await Deno.stat(`${dir}/var/attachments/${hashes[0]!.slice(0, 2)}/${hashes[0]}`);
    if (Deno.build.os !== "windows") assertEquals(mode! & 0o777, 0o600);
    assertEquals((await filesBelow(dir)).filter((path) => !path.startsWith("var/")), []);
    assert(fake.counters.log.every(({ url, authorized }) => !url.includes("/file/") || !authorized));
    const again = await run("ingest", "--attachments", "download", "--json");
    assertEquals(JSON.parse(again.stdout).files_stored, 0);
  }));

Deno.test("ingest without --attachments download reaches no media host and keeps no file", () =>
  withSite(async ({ dir, fake, page, run }) => {
    fake.site.attach(page, { filename: "a", bytes: bytesOf("a") });
    assertEquals((await run("ingest", "--space", "DOCS")).code, 0);
    assertEquals(fake.counters.log.filter(({ url }) => url.includes("/file/")), []);
    assertEquals(
      (await Array.fromAsync(Deno.readDir(`${dir}/var`))).some(({ name }) => name === "attachments"),
      false,
    );
  }));

Deno.test("ingest --attachments download goes on with the part that a killed run left, and not through a link", () =>
  withSite(async ({ dir, fake, page, run }) => {
    const { id } = fake.site.attach(page, { filename: "a", bytes: bytesOf("0123456789") });
    const other = fake.site.attach(page, { filename: "b", bytes: bytesOf("abcdefghij") }).id;
    await Deno.mkdir(`${dir}/var/attachments/partial`, { recursive: true });
    await Deno.writeTextFile(`${dir}/var/attachments/partial/${id}.1`, "0123");
    await Deno.writeTextFile(`${dir}/mine.txt`, "mine");
    await Deno.symlink(`${dir}/mine.txt`, `${dir}/var/attachments/partial/${other}.1`);
    const ranges: (string | null)[] = [];
    const inner = fake.handle.bind(fake);
    fake.handle = (request, signal) => {
      if (request.url.includes("/file/")) ranges.push(request.headers.get("range"));
      return inner(request, signal);
    };
    const { code, stderr } = await run(...DOWNLOAD);
    assertEquals(code, 0, stderr);
    assertEquals(ranges.sort(), ["bytes=4-", null]);
    for (const content of ["0123456789", "abcdefghij"]) {
      const hash = hashOf(content);
      assertEquals(await Deno.readTextFile(`${dir}/var/attachments/${hash.slice(0, 2)}/${hash}`), content);
    }
    assertEquals(await Deno.readTextFile(`${dir}/mine.txt`), "mine");
  }));

Deno.test("ingest --attachments download writes nothing through a folder that is a link", () =>
  withSite(async ({ dir, fake, page, run }) => {
    fake.site.attach(page, { filename: "a", bytes: bytesOf("a") });
    await Deno.mkdir(`${dir}/elsewhere`);
    await Deno.mkdir(`${dir}/var`);
    await Deno.symlink(`${dir}/elsewhere`, `${dir}/var/attachments`);
    const { code, stderr } = await run(...DOWNLOAD);
    assertEquals(code, 1);
    assertStringIncludes(stderr, "it is a link or a file, not a folder");
    assertEquals(await Array.fromAsync(Deno.readDir(`${dir}/elsewhere`)), []);
  }));

Deno.test("ingest --attachments download --dry-run says so, and touches nothing", () =>
  withSite(async ({ run, fake }) => {
    const { stdout } = await run(...DOWNLOAD, "--max-attachment-size", "2MB", "--dry-run");
    assertStringIncludes(stdout, "files of attachments up to 2 MB too, in var/attachments/\n");
    assertEquals(JSON.parse((await run(...DOWNLOAD, "--dry-run", "--json")).stdout).attachments, "download");
    assertEquals(fake.counters.log, []);
  }));

Deno.test("ingest --attachments download: one bad file ends in exit code 1, quarantined by name, the rest is kept", () =>
  withSite(async ({ fake, page, run, rows }) => {
    const { id } = fake.site.attach(page, { filename: "bad.bin", bytes: bytesOf("bad") });
    fake.site.attach(page, { filename: "good.bin", bytes: bytesOf("good") });
    fake.site.attach(page, { filename: "huge.bin", size: 2001 });
    fake.faults.add({
      kind: "redirect",
      location: "https://id.atlassian.com/login",
      match: { path: id },
      times: 9,
    });
    const { code, stderr } = await run(...DOWNLOAD, "--max-attachment-size", "2kB");
    assertEquals(code, 1);
    assertStringIncludes(stderr, "DOCS: 1 file could not be downloaded");
    assertStringIncludes(stderr, "DOCS: 1 file is larger than 2000 bytes, and left out");
    assertEquals(await rows("SELECT kind, id FROM failures"), [{ kind: "file", id }]);
    const status = await run("status");
    assertStringIncludes(status.stdout + status.stderr, "bad.bin");
  }));

Deno.test("the worker may reach the media host only when files are downloaded", async () => {
  const { derivePermissions } = await import("../../src/cli/permissions.ts");
  const { resolveConfig } = await import("../../src/cli/config.ts");
  const { command } = await import("../../src/cli/ingest/command.ts");
  const netOf = async (flags: Record<string, unknown>, more: Record<string, string> = {}) => {
    const environment = {
      CONFLUENCE_BASE_URL: "https://x.atlassian.net/wiki",
      CONFLUENCE_EMAIL: "ana@example.com",
      CONFLUENCE_API_TOKEN: "t",
      ...more,
    };
    const { config, options } = await resolveConfig(command, new Map(Object.entries(flags)), environment, {});
    return derivePermissions(command.needsWith(options), config).net;
  };
  const plain = ["x.atlassian.net:443", "api.atlassian.com:443"];
  assertEquals(await netOf({}), plain);
  assertEquals(await netOf({}, { CONFLUENCE_MEDIA_URL: "https://media.example" }), plain);
  assertEquals(await netOf({ attachments: "download" }), [...plain, "api.media.atlassian.com:443"]);
  assertEquals(await netOf({ attachments: "download" }, { CONFLUENCE_MEDIA_URL: "https://media.example" }), [
    ...plain,
    "media.example:443",
  ]);
});

Deno.test("export --format markdown says how many kept files are not below --out", () =>
  withSite(async ({ fake, page, run }) => {
    fake.site.attach(page, { filename: "a.txt", bytes: bytesOf("a") });
    fake.site.attach(page, { filename: "b.txt", bytes: bytesOf("b") });
    await run(...DOWNLOAD);
    const beside = await run("export", "--format", "markdown", "--json");
    assertEquals(JSON.parse(beside.stdout).missingFiles, 0);
    assert(!beside.stderr.includes("warning"), beside.stderr);
    const elsewhere = await run("export", "--format", "markdown", "--json", "--out", "other");
    assertEquals(elsewhere.code, 0, elsewhere.stderr);
    assertEquals(JSON.parse(elsewhere.stdout).missingFiles, 2);
    assertStringIncludes(
      elsewhere.stderr,
      "warning: 2 attachment files that the index keeps are not below other, so links lead to the site: " +
        "name the folder of the ingest with --out\n",
    );
  }));
