import { assert, assertEquals } from "@std/assert";

import { redact } from "../../src/confluence/mod.ts";
import { redactUrl, remoteText } from "../../src/confluence/redact.ts";

Deno.test("redact() takes out every occurrence, also percent-encoded ones", () => {
  const text = "a s3cr+t/= b s3cr%2Bt%2F%3D c s3cr+t/=";
  assertEquals(redact(text, ["s3cr+t/=", ""]), "a [redacted] b [redacted] c [redacted]");
});

Deno.test("remoteText() strips terminal escapes, line ends and direction marks, and bounds the length", () => {
  assertEquals(remoteText("a\u001b[31mred\u001b[0m\r\nb\u202ec\u0007\u009b2J"), "a [31mred [0m b c 2J");
  assertEquals(remoteText("x".repeat(1000)).length, 301);
});

Deno.test("remoteText() redacts before it cuts, so that no half of a secret is left", () => {
  const secret = "S".repeat(40);
  assert(!remoteText("x".repeat(280) + secret, [secret]).includes("SSSS"));
});

Deno.test("redactUrl() hides credentials, secret-looking parameters and fragments, and keeps the rest", () => {
  assertEquals(
    redactUrl("https://me:pw@host/wiki/a?cql=type%3Dpage&token=abc&X-Amz-Signature=d&cursor=e&limit=2#f"),
    "https://host/wiki/a?cql=type%3Dpage&token=[redacted]&X-Amz-Signature=[redacted]&cursor=e&limit=2",
  );
  assertEquals(
    redactUrl("https://host/wiki/tok-123?x=tok-123", ["tok-123"]),
    "https://host/wiki/[redacted]?x=[redacted]",
  );
});
