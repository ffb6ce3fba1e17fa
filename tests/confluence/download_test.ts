/** Downloads of attachments: where the bytes come from, what they may be, and what a broken connection costs. */
import { assert, assertEquals, assertRejects, assertStringIncludes } from "@std/assert";
import {
  ConfluenceAuthError,
  ConfluenceClient,
  ConfluenceError,
  ConfluenceNetworkError,
  ConfluenceNotFoundError,
  type Downloadable,
} from "../../src/confluence/mod.ts";
import { VirtualClock } from "../support/clock.ts";
import { FakeConfluence } from "../support/fake/mod.ts";

/** A sink in memory, which may hold something already. */
class Memory {
  bytes: Uint8Array<ArrayBuffer>;
  largest = 0;
  restarts = 0;

  constructor(held = "") {
    this.bytes = new TextEncoder().encode(held);
  }

  get size(): number {
    return this.bytes.length;
  }

  write(chunk: Uint8Array<ArrayBuffer>): Promise<void> {
    this.largest = Math.max(this.largest, chunk.length);
    const joined = new Uint8Array(this.size + chunk.length);
    joined.set(this.bytes);
    joined.set(chunk, this.size);
    this.bytes = joined;
    return Promise.resolve();
  }

  restart(): Promise<void> {
    this.restarts++;
    this.bytes = new Uint8Array();
    return Promise.resolve();
  }

  get text(): string {
    return new TextDecoder().decode(this.bytes);
  }
}

function world(content = "0123456789", mediaType = "text/plain") {
  const clock = new VirtualClock();
  const fake = new FakeConfluence({ clock });
  fake.site.addSpace({ key: "A" });
  const page = fake.site.addPage({ spaceKey: "A", title: "P" });
  const bytes = new TextEncoder().encode(content);
  const { id } = fake.site.attach(page.id, { filename: "f", mediaType, bytes });
  const client = new ConfluenceClient({
    baseUrl: fake.baseUrl,
    email: "ana@example.com",
    apiToken: "test-token-ana",
    fetch: fake.fetch,
    clock,
    random: () => 0.5,
    limits: { requestsPerSecond: 1000 },
  });
  const file = { id, containerId: page.id, version: { number: 1 }, mediaType, fileSize: bytes.length };
  const get = async (sink = new Memory(), change: Partial<Downloadable> = {}, maxBytes?: number) => {
    await clock.run(
      client.downloadAttachment({ ...file, ...change }, sink, maxBytes === undefined ? {} : { maxBytes }),
    );
    return sink;
  };
  return { fake, clock, client, file, get, page };
}

const MEDIA = { endpoint: "GET (media) /file/{fileId}/binary" };
const SITE = { path: /\/child\/attachment\/\w+\/download/ };

Deno.test("downloadAttachment() asks the site for the way and the media host, without credentials, for the bytes", async () => {
  const { fake, get, file, client } = world();
  assertEquals((await get()).text, "0123456789");
  const [first, second] = fake.counters.log;
  assertEquals([first!.authorized, second!.authorized], [true, false]);
  assertStringIncludes(first!.url, `/child/attachment/${file.id}/download?version=1`);
  assertEquals(new URL(second!.url).origin, "https://api.media.atlassian.com");
  assertEquals(fake.counters.log.length, 2);
  assertEquals(client.stats.byEndpoint[MEDIA.endpoint], 1);
});

Deno.test("downloadAttachment() goes on where a broken connection left off", async () => {
  const { fake, get } = world();
  fake.faults.add({ kind: "reset", afterBytes: 4, match: MEDIA });
  fake.faults.add({ kind: "reset", match: MEDIA, after: 1 });
  const ranges: (string | null)[] = [];
  const inner = fake.handle.bind(fake);
  fake.handle = (request, signal) => {
    if (request.url.includes("/file/")) ranges.push(request.headers.get("range"));
    return inner(request, signal);
  };
  const sink = await get();
  assertEquals([sink.text, sink.restarts], ["0123456789", 0]);
  assertEquals(ranges, [null, "bytes=4-", "bytes=4-"]);
});

Deno.test("downloadAttachment() goes on with what an earlier call kept, or begins anew where the host gives no parts", async () => {
  const { fake, get } = world();
  assertEquals((await get(new Memory("0123"))).text, "0123456789");
  fake.media.ranges = false;
  const whole = await get(new Memory("0123"));
  assertEquals([whole.text, whole.restarts], ["0123456789", 1]);
  fake.media.ranges = true;
  // A part that is longer than the file, or all of it, which leaves nothing to ask for.
  assertEquals((await get(new Memory("something else and longer"))).text, "0123456789");
  assertEquals((await get(new Memory("abcdefghij"))).text, "0123456789");
});

Deno.test("downloadAttachment() does not give up on a file that breaks off often, as long as bytes come", async () => {
  const { fake, get } = world("x".repeat(100));
  fake.faults.add({ kind: "reset", afterBytes: 9, match: MEDIA, times: 11 });
  assertEquals((await get()).size, 100);
});

Deno.test("downloadAttachment() gives up when nothing comes, five times, with what is known", async () => {
  const { fake, get, clock } = world();
  fake.faults.add({ kind: "status", status: 503, match: MEDIA, times: 99 });
  const error = await assertRejects(() => get(), ConfluenceError);
  assertStringIncludes(error.message, "Cannot download attachment att");
  assertStringIncludes(error.message, "the media host answered 503");
  assertEquals(fake.counters.log.filter(({ endpoint }) => endpoint === MEDIA.endpoint).length, 5);
  assertEquals(clock.slept.filter((ms) => ms > 500 && ms < 60_000), [1000, 2000, 4000, 8000]);
});

Deno.test("downloadAttachment() takes a stalled body for a broken one", async () => {
  const { fake, get } = world();
  fake.faults.add({ kind: "stall", afterBytes: 3, match: MEDIA });
  assertEquals((await get()).text, "0123456789");
});

Deno.test("downloadAttachment() takes no web page for a file, from the site or from the media host", async () => {
  const { fake, get } = world();
  fake.faults.add({ kind: "html", match: SITE, times: 9 });
  const onSite = await assertRejects(() => get(), ConfluenceError);
  assertStringIncludes(onSite.message, "a web page came where the way to the file was due");
  fake.faults.clear();
  fake.faults.add({ kind: "html", match: MEDIA, times: 9 });
  const sink = new Memory();
  const onMedia = await assertRejects(() => get(sink), ConfluenceError);
  assertStringIncludes(onMedia.message, "a web page came instead of the file");
  assertEquals(sink.size, 0);
  fake.faults.clear();
  const html = world("<p>a page somebody attached</p>", "text/html");
  assertEquals((await html.get()).text, "<p>a page somebody attached</p>");
});

Deno.test("downloadAttachment() follows neither to a log-in page nor to another host", async () => {
  const { fake, get } = world();
  const log = () => fake.counters.log.map(({ url }) => new URL(url).host);
  fake.faults.add({ kind: "redirect", location: "https://id.atlassian.com/login?x=1", match: SITE });
  const login = await assertRejects(() => get(), ConfluenceAuthError);
  assertEquals(login.reason, "login");
  for (
    const location of [
      "https://evil.example/file/x?token=1",
      "http://169.254.169.254/latest",
      "//evil.example/",
    ]
  ) {
    fake.faults.add({ kind: "redirect", location, match: SITE });
    const error = await assertRejects(() => get(), ConfluenceError);
    assertStringIncludes(error.message, "but the media host is https://api.media.atlassian.com");
    assertEquals(error.message.includes("token=1"), false);
  }
  fake.faults.add({ kind: "redirect", location: "https://evil.example/", match: MEDIA });
  assertStringIncludes(
    (await assertRejects(() => get(), ConfluenceError)).message,
    "the media host answered 302",
  );
  assert(!log().some((host) => host.includes("evil") || host.includes("169")), log().join());
});

Deno.test("downloadAttachment() checks the length against what Confluence lists", async () => {
  const { get } = world();
  const sink = new Memory();
  const error = await assertRejects(() => get(sink, { fileSize: 12 }), ConfluenceError);
  assertStringIncludes(error.message, "10 bytes came, Confluence lists 12");
  assertEquals(sink.size, 0);
  assertEquals((await get(new Memory(), { fileSize: null })).size, 10);
});

Deno.test("downloadAttachment() takes no more than it was allowed, announced or not", async () => {
  const { get, fake } = world();
  const sink = new Memory();
  const error = await assertRejects(() => get(sink, {}, 9), ConfluenceNetworkError);
  assertEquals([error.kind, sink.size], ["too_large", 0]);
  assertEquals((await get(new Memory(), {}, 10)).size, 10);
  // Without an announced length the bytes themselves are counted.
  const inner = fake.handle.bind(fake);
  fake.handle = async (request, signal) => {
    const response = await inner(request, signal);
    response.headers.delete("content-length");
    return response;
  };
  const silent = new Memory();
  const late = await assertRejects(() => get(silent, { fileSize: null }, 9), ConfluenceNetworkError);
  assertEquals([late.kind, silent.size <= 9], ["too_large", true]);
});

Deno.test("downloadAttachment() names what is gone, and refuses ids that are none", async () => {
  const { get, fake, file } = world();
  fake.site.deleteAttachment(file.id);
  const error = await assertRejects(() => get(), ConfluenceNotFoundError);
  assertEquals(error.named, true);
  await assertRejects(() => get(new Memory(), { id: "../x" }), Error, "is not an id");
  await assertRejects(() => get(new Memory(), { containerId: "1/2" }), Error, "is not an id");
});

Deno.test("a site on this machine has no media host but the one it was given", async () => {
  const fake = new FakeConfluence();
  await using site = await fake.serve();
  fake.site.addSpace({ key: "A" });
  const page = fake.site.addPage({ spaceKey: "A", title: "P" });
  const { id } = fake.site.attach(page.id, { filename: "f", size: 1_000_000 });
  const file = { id, containerId: page.id, version: { number: 1 }, mediaType: null, fileSize: 1_000_000 };
  const options = { baseUrl: site.baseUrl, email: "ana@example.com", apiToken: "test-token-ana" };
  const without = new ConfluenceClient(options);
  const error = await assertRejects(() => without.downloadAttachment(file, new Memory()), ConfluenceError);
  assertStringIncludes(error.message, "there is no media host");
  assertStringIncludes(error.hint ?? "", "CONFLUENCE_MEDIA_URL");
  const sink = new Memory();
  await new ConfluenceClient({ ...options, mediaUrl: site.mediaUrl }).downloadAttachment(file, sink);
  assertEquals(sink.size, 1_000_000);
  assert(sink.largest < 500_000, "it comes in pieces");
});
