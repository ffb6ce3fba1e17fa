import { assert, assertEquals, assertStringIncludes } from "@std/assert";
import { createHash } from "node:crypto";
import type { FileSink, FileStore } from "../../src/sync/mod.ts";
import { type Bench, DAY, DOCS, withBench } from "./setup.ts";

/** Files in memory, with what a disk would have. */
class MemoryStore implements FileStore {
  readonly files = new Map<string, string>();
  readonly partial = new Map<string, string>();

  has({ sha256, bytes }: { sha256: string; bytes: number }): Promise<boolean> {
    return Promise.resolve(this.files.get(sha256)?.length === bytes);
  }

  receive(key: string): Promise<FileSink> {
    const { files, partial } = this;
    const held = () => partial.get(key) ?? "";
    return Promise.resolve({
      get size() {
        return held().length;
      },
      write: (chunk) =>
        Promise.resolve(void partial.set(key, held() + new TextDecoder("latin1").decode(chunk))),
      restart: () => Promise.resolve(void partial.delete(key)),
      finish: () => {
        const text = held();
        const sha256 = createHash("sha256").update(text, "latin1").digest("hex");
        files.set(sha256, text);
        partial.delete(key);
        return Promise.resolve({ sha256, bytes: text.length });
      },
      discard: () => Promise.resolve(void partial.delete(key)),
      [Symbol.asyncDispose]: () => Promise.resolve(),
    });
  }
}

const MEDIA = { endpoint: "GET (media) /file/{fileId}/binary" };
const STORED = "SELECT filename, version, stored_bytes FROM current_attachments ORDER BY filename";

async function withFiles(
  work: (
    world: Bench & {
      store: MemoryStore;
      attach(filename: string, content: string): string;
      fetch(options?: Parameters<Bench["ingest"]>[0], maxBytes?: number): ReturnType<Bench["ingest"]>;
      downloads(): number;
    },
  ) => Promise<void>,
): Promise<void> {
  await withBench(async (bench) => {
    const store = new MemoryStore();
    const page = bench.site.addPage({ spaceKey: "DOCS", title: "Page" }).id;
    await work({
      ...bench,
      store,
      attach: (filename, content) =>
        bench.site.attach(page, { filename, bytes: new TextEncoder().encode(content) }).id,
      fetch: (options, maxBytes = Infinity) =>
        bench.ingest({ ...DOCS, ...options, files: { store, maxBytes } }),
      downloads: () => bench.fake.counters.log.filter(({ endpoint }) => endpoint === MEDIA.endpoint).length,
    });
  });
}

Deno.test("ingest with files keeps each once by its hash, and asks for none again that it has", () =>
  withFiles(async ({ attach, fetch, store, rows, downloads, pass, site }) => {
    const id = attach("a.txt", "alpha");
    attach("b.txt", "beta");
    attach("copy of a.txt", "alpha");
    const first = await fetch();
    assertEquals([first.status, first.metrics.files_stored, first.metrics.files_bytes], ["complete", 3, 14]);
    assertEquals([...store.files.values()].sort(), ["alpha", "beta"]);
    assertEquals(await rows(STORED), [
      { filename: "a.txt", version: 1, stored_bytes: 5 },
      { filename: "b.txt", version: 1, stored_bytes: 4 },
      { filename: "copy of a.txt", version: 1, stored_bytes: 5 },
    ]);
    for (const options of [{}, { reconcile: true }, { full: true }]) {
      pass(DAY);
      assertEquals((await fetch(options)).metrics.files_stored, 0);
    }
    assertEquals(downloads(), 3);
    pass(DAY);
    site.attachVersion(id, { bytes: new TextEncoder().encode("alpha 2") });
    assertEquals((await fetch()).metrics.files_stored, 1);
    assertEquals((await rows(STORED))[0], { filename: "a.txt", version: 2, stored_bytes: 7 });
    assertEquals(await rows("SELECT count(*) AS n FROM attachments WHERE sha256 IS NOT NULL"), [{ n: 4 }]);
  }));

Deno.test("ingest with files takes what an index without them lacks, and a new comment costs no download", () =>
  withFiles(async ({ attach, fetch, ingest, pass, site, downloads, rows, fake }) => {
    const id = attach("a.txt", "alpha");
    await ingest(DOCS);
    assertEquals((await rows(STORED))[0]?.stored_bytes, null);
    assertEquals((await fetch()).metrics.files_stored, 1);
    pass(DAY);
    const fileId = fake.site.state.attachmentsById.get(id)!.version.fileId;
    site.attachVersion(id, { bytes: new TextEncoder().encode("alpha"), fileId, comment: "new" });
    assertEquals((await fetch()).metrics.files_stored, 0);
    assertEquals(await rows(STORED), [{ filename: "a.txt", version: 2, stored_bytes: 5 }]);
    assertEquals(downloads(), 1);
  }));

Deno.test("ingest with files finds out at a reconciliation which ones were lost, and gets them again", () =>
  withFiles(async ({ attach, fetch, store, pass }) => {
    attach("a.txt", "alpha");
    attach("b.txt", "beta");
    await fetch();
    for (const [hash, text] of store.files) if (text === "beta") store.files.delete(hash);
    pass(DAY);
    assertEquals((await fetch()).metrics.files_stored, 0);
    assertEquals((await fetch({ reconcile: true })).metrics.files_stored, 1);
    assertEquals([...store.files.values()].sort(), ["alpha", "beta"]);
  }));

Deno.test("one file that fails waits in quarantine alone, and is over when it comes or goes", () =>
  withFiles(async ({ attach, fetch, fake, rows, pass, site, downloads }) => {
    attach("good.txt", "good");
    const bad = attach("bad.txt", "bad");
    const gone = attach("gone.txt", "gone");
    const path = (id: string) => new RegExp(`/child/attachment/${id}/download`);
    fake.faults.add({ kind: "status", status: 403, match: { path: path(bad) }, times: 99 });
    fake.faults.add({ kind: "html", match: { path: path(gone) }, times: 99 });
    const { status, metrics, spaces } = await fetch();
    assertEquals([status, metrics.files_stored, metrics.files_failed], ["incomplete", 1, 2]);
    assertEquals(spaces[0]!.error, null);
    const failures = "SELECT kind, id, message FROM failures ORDER BY id";
    assertEquals(
      (await rows(failures)).map(({ kind, id }) => [kind, id]),
      [["file", bad], ["file", gone]].sort(),
    );
    assertStringIncludes(String((await rows(failures))[1]!.message), "a web page came");
    // A second failure makes it rest for an hour.
    pass(1000);
    await fetch();
    const asked = downloads();
    const resting = await fetch();
    assertEquals([resting.status, resting.metrics.files_failed, downloads()], ["incomplete", 2, asked]);
    fake.faults.clear();
    site.deleteAttachment(gone);
    pass(2 * DAY);
    const after = await fetch({ reconcile: true });
    assertEquals([after.status, after.metrics.files_stored], ["complete", 1]);
    assertEquals(await rows(failures), []);
  }));

Deno.test("files that are too large are left out, told of, and no failure", () =>
  withFiles(async ({ attach, fetch, rows, downloads }) => {
    attach("small.txt", "12345");
    attach("large.txt", "123456");
    const { status, metrics, spaces } = await fetch({}, 5);
    assertEquals([status, metrics.files_stored, metrics.files_too_large], ["complete", 1, 1]);
    assertStringIncludes(spaces[0]!.notes.join(), "1 file is larger than 5 bytes, and left out");
    assertEquals([downloads(), await rows("SELECT * FROM failures")], [1, []]);
    assertEquals((await fetch({}, 6)).metrics.files_stored, 1);
  }));

Deno.test("on a bad day of the media host no endless row of files is tried", () =>
  withFiles(async ({ attach, fetch, fake, rows }) => {
    for (let i = 0; i < 40; i++) attach(`${i}.txt`, `${i}`);
    fake.faults.add({ kind: "status", status: 404, match: MEDIA, times: 999 });
    const { status, metrics, spaces } = await fetch();
    assertEquals([status, metrics.files_failed], ["incomplete", 40]);
    const tried = await rows("SELECT count(*) AS n FROM failures WHERE kind = 'file'");
    assert(Number(tried[0]!.n) >= 20 && Number(tried[0]!.n) < 25, JSON.stringify(tried));
    assertStringIncludes(spaces[0]!.notes.join(), "20 files in a row failed");
    fake.faults.clear();
    assertEquals((await fetch()).metrics.files_stored, 40);
  }));

Deno.test("an interruption keeps the part that came, and the next run goes on behind it", () =>
  withFiles(async ({ attach, fetch, fake, store, clock }) => {
    attach("a.txt", "0123456789");
    const stop = new AbortController();
    fake.faults.add({ kind: "stall", afterBytes: 4, match: MEDIA });
    const run = fetch({
      signal: stop.signal,
      onEvent: (event) =>
        event.type === "space_started" && clock.sleep(1000).then(() => stop.abort(new Error("stop"))),
    });
    assertEquals((await run).status, "interrupted");
    assertEquals([...store.partial.values()], ["0123"]);
    const ranges: (string | null)[] = [];
    const inner = fake.handle.bind(fake);
    fake.handle = (request, signal) => {
      if (request.url.includes("/file/")) ranges.push(request.headers.get("range"));
      return inner(request, signal);
    };
    assertEquals((await fetch()).metrics.files_stored, 1);
    assertEquals([ranges, [...store.files.values()]], [["bytes=4-"], ["0123456789"]]);
  }));
