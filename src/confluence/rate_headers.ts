/**
 * Reads how much of the request budget is left, before a 429 has to say it.
 *
 * Source: api.md 9.3: `X-RateLimit-NearLimit`, `X-RateLimit-Limit` and `-Remaining`, `Beta-RateLimit` with its policy.
 *
 * @param headers The headers of any answer.
 * @returns The part that is left, 0 to 1, where it is less than a fifth; null where there is plenty or nothing is said.
 */
export function budgetLeft(headers: Headers): number | null {
  const found = [plainBudget(headers), ...structuredBudgets(headers)].filter((part) => part !== null);
  const part = found.length === 0 ? null : Math.max(0, Math.min(...found));
  if (part !== null && part < NEAR) return part;
  const near = headers.get("x-ratelimit-nearlimit")?.trim().toLowerCase() === "true";
  return near ? NEAR : null;
}

/** The part of a budget below which Atlassian calls it nearly used. */
export const NEAR = 0.2;

function plainBudget(headers: Headers): number | null {
  return ratio(headers.get("x-ratelimit-remaining"), headers.get("x-ratelimit-limit"));
}

// `Beta-RateLimit: "global-app-quota";r=120;t=900` with `Beta-RateLimit-Policy: "global-app-quota";q=65000;w=3600`.
// The prefix is announced to go.
function structuredBudgets(headers: Headers): (number | null)[] {
  return ["beta-ratelimit", "ratelimit"].flatMap((name) => {
    const state = members(headers.get(name));
    const policies = new Map(members(headers.get(`${name}-policy`)));
    return state.map(([policy, parameters]) =>
      ratio(parameters.get("r") ?? null, policies.get(policy)?.get("q") ?? null)
    );
  });
}

function members(value: string | null): [string, Map<string, string>][] {
  if (value === null) return [];
  return value.split(",").map((member) => {
    const [name = "", ...parameters] = member.split(";").map((part) => part.trim());
    const pairs = parameters.map((part) => part.split("=", 2) as [string, string | undefined]);
    return [name, new Map(pairs.map(([key, text]) => [key.toLowerCase(), text ?? ""]))];
  });
}

function ratio(part: string | null, whole: string | null): number | null {
  if (part === null || whole === null || part.trim() === "" || whole.trim() === "") return null;
  const value = Number(part) / Number(whole);
  return Number.isFinite(value) && Number(whole) > 0 ? value : null;
}
