import { assertEquals } from "@std/assert";
import { redactor } from "../../src/cli/secrets.ts";

const redact = redactor({ email: "ana@example.com", apiToken: 'tok"en/1', databaseToken: "db-secret" });

Deno.test("redactor takes tokens out in every form they travel in", () => {
  assertEquals(redact('x tok"en/1 y'), "x [redacted] y");
  assertEquals(redact("?t=tok%22en%2F1&"), "?t=[redacted]&");
  assertEquals(redact(JSON.stringify({ token: 'tok"en/1' })), '{"token":"[redacted]"}');
  assertEquals(
    redact(`Authorization: Basic ${btoa('ana@example.com:tok"en/1')}`),
    "Authorization: Basic [redacted]",
  );
  assertEquals(redact("Bearer db-secret, db-secret"), "Bearer [redacted], [redacted]");
});

Deno.test("redactor changes nothing else, and works without secrets", () => {
  assertEquals(redact("ana@example.com read page 12"), "ana@example.com read page 12");
  const none = redactor({ email: null, apiToken: null, databaseToken: null });
  assertEquals(none("anything"), "anything");
});

Deno.test("redactor handles an e-mail address beyond Latin letters", () => {
  const basic = btoa(String.fromCharCode(...new TextEncoder().encode("änä@example.com:secret-1")));
  const clean = redactor({ email: "änä@example.com", apiToken: "secret-1", databaseToken: null });
  assertEquals(clean(basic), "[redacted]");
});
