/** The bad days: what goes wrong while a run is under way. */
import type { FakeConfluence, FaultRule } from "../fake/mod.ts";
import type { Dice } from "./dice.ts";

/** One kind of bad weather; says what it is. */
type Weather = (fake: FakeConfluence, dice: Dice) => string;

/** Makes the weather of one run; the fake keeps it until {@linkcode clearUp}. */
export function makeWeather(fake: FakeConfluence, dice: Dice): string[] {
  const told = [search(fake, dice)];
  if (dice.chance(0.6)) told.push(shortPages(fake, dice));
  for (let left = dice.pick([0, 0, 1, 1, 2, 3]); left > 0; left--) {
    told.push(dice.weighted(KINDS)(fake, dice));
  }
  return told;
}

/** Stands in the list of fired faults where a listing or search may look complete and is not. */
export const MISLEADING = "partial listing";

/** The sun comes out. Poisoned pages stay poisoned unless `heal`. */
export function clearUp(fake: FakeConfluence, heal: boolean): void {
  const poison = [...fake.faults.poisonPages];
  fake.faults.clear();
  if (!heal) { for (const id of poison) fake.faults.poisonPages.add(id); }
  for (const account of fake.site.accounts) account.revoked = false;
  fake.site.settings.anonymousAccess = false;
  fake.site.settings.permissionFilter = "after-cut";
  Object.assign(fake.site.settings.search, {
    failOnLingering: false,
    shortPages: 0,
    duplicateRows: 0,
    strayRows: 0,
    hydrate: "database",
  });
}

const LISTINGS = /\/(pages|search|spaces|attachments)(\?|$)/;

function search(fake: FakeConfluence, dice: Dice): string {
  const settings = {
    hydrate: dice.pick(["database", "index"] as const),
    shortPages: dice.pick([0, 0.3]),
    duplicateRows: dice.pick([0, 0.3]),
    strayRows: dice.pick([0, 0, 0.3]),
    failOnLingering: dice.chance(0.1),
  };
  Object.assign(fake.site.settings.search, settings);
  fake.site.settings.permissionFilter = dice.pick(["after-cut", "before-cut"]);
  return `search ${JSON.stringify(settings)}`;
}

/** Listings of few rows a page, so that small sites have long walks. */
function shortPages(fake: FakeConfluence, dice: Dice): string {
  const rows = dice.between(1, 12);
  fake.faults.add({ kind: "short-page", rows, times: Infinity, match: { path: LISTINGS } });
  if (dice.chance(0.3)) {
    fake.faults.add({ kind: "short-page", rows: 0, times: 2, probability: 0.3, match: { path: LISTINGS } });
  }
  return `${rows} rows a page`;
}

function sometimes(dice: Dice): Pick<FaultRule, "probability" | "times"> {
  return dice.chance(0.3)
    ? { times: dice.between(1, 40) }
    : { probability: dice.pick([0.05, 0.15, 0.4]), times: Infinity };
}

const rateLimit: Weather = (fake, dice) => {
  const retryAfter = dice.pick([0, 1, 30, null, "Wed, 21 Oct 2015 07:28:00 GMT", "nonsense", 100_000]);
  fake.faults.add({
    kind: "rate-limit",
    retryAfter,
    ...sometimes(dice),
    gateway: dice.chance(0.2),
    body: dice.pick(["json", "html", "empty"] as const),
  });
  return `429 with ${retryAfter}`;
};

const status: Weather = (fake, dice) => {
  const code = dice.pick([500, 502, 503, 504, 400, 413]);
  fake.faults.add({
    kind: "status",
    status: code,
    body: dice.pick(["json", "html", "empty"] as const),
    ...sometimes(dice),
    ...(dice.chance(0.5)
      ? { match: { path: dice.pick(["/search", "/pages", "/attachments", "/spaces"]) } }
      : {}),
  });
  return `status ${code}`;
};

const broken: Weather = (fake, dice) => {
  const rule = dice.pick<FaultRule>([
    { kind: "html" },
    { kind: "truncate", keep: dice.random() },
    { kind: "reset" },
    { kind: "reset", afterBytes: dice.between(0, 200) },
    { kind: "foreign-next" },
    { kind: "repeat-next" },
    { kind: "odd-next", value: dice.pick([7, "", null, {}]) },
    { kind: "redirect", location: dice.pick(["https://id.atlassian.com/login", "https://other.example/"]) },
  ]);
  fake.faults.add({ ...rule, ...sometimes(dice) });
  return rule.kind;
};

const slow: Weather = (fake, dice) => {
  const rule = dice.pick<FaultRule>([
    { kind: "hang" },
    { kind: "slow", ms: dice.between(1_000, 90_000) },
    { kind: "stall", afterBytes: dice.between(0, 100) },
  ]);
  fake.faults.add({ ...rule, times: dice.between(1, 4), probability: 0.3 });
  return rule.kind;
};

const edge: Weather = (fake, dice) => {
  const code = dice.pick([403, 404] as const);
  fake.faults.add({ kind: "edge", status: code, ...sometimes(dice) });
  return `edge ${code}`;
};

/** The token is refused for a while, or taken for nobody's where the site is open to the public. */
const revoked: Weather = (fake, dice) => {
  const anonymous = dice.chance(0.6);
  fake.site.settings.anonymousAccess = anonymous;
  let wait = dice.between(0, 30);
  let left = dice.between(1, 40);
  fake.faults.onRequest(() => {
    if (wait-- > 0) return;
    fake.site.accounts[0]!.revoked = left-- > 0;
  });
  return `token refused after ${wait} requests for ${left}${anonymous ? ", anonymous" : ""}`;
};

const noSearch: Weather = (fake) => {
  fake.faults.add({
    kind: "status",
    status: 403,
    times: Infinity,
    match: { path: "/rest/api/content/search" },
  });
  return "search forbidden";
};

const poison: Weather = (fake, dice) => {
  const ids = dice.some(fake.site.state.pages.rows, dice.pick([0.02, 0.1])).map(({ id }) => id);
  for (const id of ids) fake.faults.poisonPages.add(id);
  return `poisoned ${ids.join(" ")}`;
};

const heavy: Weather = (fake, dice) => {
  fake.faults.failBodiesOver = dice.between(1, 10);
  fake.faults.bodyFailureStatus = dice.pick([500, 502, 504]);
  return `at most ${fake.faults.failBodiesOver} bodies`;
};

const badRows: Weather = (fake, dice) => {
  const rows = [...fake.site.state.pages.rows, ...fake.site.state.attachments.rows];
  const ids = dice.some(rows, dice.pick([0.03, 0.1])).map(({ id }) => id);
  const spoil = dice.pick<(row: Record<string, unknown>) => unknown>([
    ({ version: _, ...row }) => row,
    ({ id: _, ...row }) => row,
    (row) => ({ ...row, title: 5, container: 5 }),
    (row) => ({ ...row, spaceId: null, type: null }),
    () => null,
    () => "a string where an object was expected",
  ]);
  fake.faults.add({ kind: "bad-rows", ids, change: spoil, times: Infinity });
  return `bad rows ${ids.join(" ")}`;
};

/** A listing that leaves rows out and says nothing. */
const partial: Weather = (fake, dice) => {
  fake.faults.fired[MISLEADING] = 1;
  const share = dice.pick([0.1, 0.5]);
  fake.faults.add({
    kind: "transform",
    times: Infinity,
    match: ({ endpoint }) => /spaces\/\{id\}\/pages|content\/search/.test(endpoint),
    change: (body) => {
      const { results, ...rest } = body as { results?: unknown };
      return Array.isArray(results) ? { ...rest, results: results.filter(() => !dice.chance(share)) } : body;
    },
  });
  return `listings without ${share * 100} % of their rows`;
};

/** Answers by id that leave pages out and say nothing. Nothing may be believed for that, and nothing passed by. */
const forgetful: Weather = (fake, dice) => {
  const share = dice.pick([0.1, 0.5, 1]);
  fake.faults.add({
    kind: "transform",
    ...sometimes(dice),
    match: { endpoint: "GET /wiki/api/v2/pages" },
    change: (body) => {
      const { results, ...rest } = body as { results?: unknown };
      return Array.isArray(results) ? { ...rest, results: results.filter(() => !dice.chance(share)) } : body;
    },
  });
  return `answers by id without ${share * 100} % of their rows`;
};

/** Links to further pages of a listing that the server does not know any more. */
const forgottenLinks: Weather = (fake, dice) => {
  fake.faults.add({
    kind: "status",
    status: dice.pick([400, 404]),
    ...sometimes(dice),
    match: ({ query }) => query.has("cursor"),
  });
  return "links to further pages forgotten";
};

const KINDS: readonly (readonly [number, Weather])[] = [
  [3, rateLimit],
  [4, status],
  [3, broken],
  [1, slow],
  [3, edge],
  [3, revoked],
  [1, noSearch],
  [3, poison],
  [2, heavy],
  [3, badRows],
  [3, partial],
  [2, forgetful],
  [1, forgottenLinks],
];
