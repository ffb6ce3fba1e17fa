import { assertEquals, assertRejects } from "@std/assert";

import { BodyTooLarge, readBody } from "../../src/confluence/read_body.ts";

const NEVER = new AbortController().signal;

function chunked(chunks: readonly string[], onCancel: () => void = () => {}): Response {
  const queue = chunks.map((chunk) => new TextEncoder().encode(chunk));
  return new Response(
    new ReadableStream({
      pull(controller) {
        const chunk = queue.shift();
        if (chunk === undefined) controller.close();
        else controller.enqueue(chunk);
      },
      cancel: onCancel,
    }, { highWaterMark: 0 }),
  );
}

Deno.test("readBody() joins chunks, also in the middle of a character", async () => {
  const bytes = new TextEncoder().encode("a🙂é");
  const response = new Response(
    new ReadableStream({
      start(controller) {
        for (const byte of bytes) controller.enqueue(new Uint8Array([byte]));
        controller.close();
      },
    }),
  );
  assertEquals(await readBody(response, 100, NEVER), { text: "a🙂é", bytes: 7 });
});

Deno.test("readBody() reads an absent body as empty text", async () => {
  assertEquals(await readBody(new Response(null), 10, NEVER), { text: "", bytes: 0 });
});

Deno.test("readBody() accepts exactly the bound and cancels the rest of anything longer", async () => {
  assertEquals((await readBody(chunked(["12345", "67890"]), 10, NEVER)).bytes, 10);
  let cancelled = false;
  const endless = chunked(Array.from({ length: 1000 }, () => "1234567890"), () => {
    cancelled = true;
  });
  await assertRejects(() => readBody(endless, 25, NEVER), BodyTooLarge);
  assertEquals(cancelled, true);
});

Deno.test("readBody() does not begin to read what is announced as too long", async () => {
  let pulled = 0;
  const stream = new ReadableStream({
    pull() {
      pulled++;
    },
  }, { highWaterMark: 0 });
  const response = new Response(stream, { headers: { "content-length": "999" } });
  await assertRejects(() => readBody(response, 100, NEVER), BodyTooLarge);
  assertEquals(pulled, 0);
});

Deno.test("readBody() stops at an abort, also when the stream never moves", async () => {
  const abort = new AbortController();
  const reading = readBody(new Response(new ReadableStream({})), 100, abort.signal);
  abort.abort(new Error("enough"));
  await assertRejects(() => reading, Error, "enough");
  await assertRejects(() => readBody(chunked(["a"]), 100, abort.signal), Error, "enough");
  const still = new Response(new ReadableStream({}));
  await assertRejects(() => readBody(still, 100, abort.signal), Error, "enough", "aborted before it began");
});
