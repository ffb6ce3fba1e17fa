import { assertEquals } from "@std/assert";

import { budgetLeft } from "../../src/confluence/rate_headers.ts";

Deno.test("budgetLeft() tells the part that is left once it is below a fifth", () => {
  const table: [Record<string, string>, number | null][] = [
    [{}, null],
    [{ "x-ratelimit-limit": "100", "x-ratelimit-remaining": "50" }, null],
    [{ "x-ratelimit-limit": "100", "x-ratelimit-remaining": "20" }, null],
    [{ "x-ratelimit-limit": "100", "x-ratelimit-remaining": "10" }, 0.1],
    [{ "x-ratelimit-limit": "100", "x-ratelimit-remaining": "0" }, 0],
    [{ "x-ratelimit-limit": "100", "x-ratelimit-remaining": "-5" }, 0],
    [{ "x-ratelimit-remaining": "0" }, null],
    [{ "x-ratelimit-limit": "0", "x-ratelimit-remaining": "0" }, null],
    [{ "x-ratelimit-limit": "lots", "x-ratelimit-remaining": "few" }, null],
    [{ "x-ratelimit-nearlimit": "true" }, 0.2],
    [{ "x-ratelimit-nearlimit": "false" }, null],
    [{ "x-ratelimit-nearlimit": "true", "x-ratelimit-limit": "100", "x-ratelimit-remaining": "5" }, 0.05],
    [{ "beta-ratelimit": '"q";r=65;t=900', "beta-ratelimit-policy": '"q";q=650;w=3600' }, 0.1],
    [{ "beta-ratelimit": '"q";r=600;t=900', "beta-ratelimit-policy": '"q";q=650;w=3600' }, null],
    [{ "beta-ratelimit": '"a";r=600, "b";r=1', "beta-ratelimit-policy": '"a";q=650, "b";q=10' }, 0.1],
    [{ "beta-ratelimit": '"q";r=1;t=900' }, null],
    [{ "ratelimit": '"q";r=1;t=900', "ratelimit-policy": '"q";q=10;w=60' }, 0.1],
  ];
  for (const [headers, expected] of table) {
    assertEquals(budgetLeft(new Headers(headers)), expected, JSON.stringify(headers));
  }
});
