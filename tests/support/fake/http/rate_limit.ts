/** 429 as the site and the gateway say it: api.md section 9. */
import type { FaultKind } from "../faults.ts";
import { type Answer, html, json } from "./answer.ts";

/** The answer to one request too many. */
export function rateLimit(rule: Omit<FaultKind & { kind: "rate-limit" }, "kind">): Answer {
  if (rule.gateway === true) {
    return json({ code: 429, message: "Rate limit exceeded" }, 429, {
      "x-failure-category": "FAILURE CLIENT RATE LIMITED",
      "x-ratelimit-limit": "360000",
      "x-ratelimit-remaining": "0",
      ...(rule.reset === undefined ? {} : { "x-ratelimit-reset": rule.reset }),
    });
  }
  const retryAfter = rule.retryAfter === undefined ? 1 : rule.retryAfter;
  const headers: Record<string, string> = {
    ...(retryAfter === null ? {} : { "retry-after": String(retryAfter) }),
    "x-ratelimit-limit": "40000",
    "x-ratelimit-remaining": "0",
    "x-ratelimit-nearlimit": "true",
    "ratelimit-reason": "confluence-burst-based",
    ...(rule.reset === undefined ? {} : { "x-ratelimit-reset": rule.reset }),
  };
  if (rule.body === "html") return html("<html><body>Too many requests</body></html>", 429, headers);
  if (rule.body === "empty") return { status: 429, text: "", headers };
  return json({ code: 429, message: "Rate limit exceeded" }, 429, headers);
}
