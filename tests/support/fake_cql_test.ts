/** The CQL of the fake: what it accepts, what it refuses, and what it finds. */
import { assertEquals, assertStringIncludes, assertThrows } from "@std/assert";
import { FakeConfluence } from "./fake/mod.ts";
import { resolveDate } from "./fake/search/cql_dates.ts";
import { CqlError } from "./fake/search/cql_lexer.ts";
import { type CqlNode, parseCql } from "./fake/search/cql_parser.ts";
import { ask, walk } from "./fake/testing.ts";

/** A tree as text with every bracket written out. */
function shown(node: CqlNode | null): string {
  if (node === null) return "all";
  if (node.kind === "not") return `not(${shown(node.part)})`;
  if ("parts" in node) return `${node.kind}(${node.parts.map(shown).join(", ")})`;
  const values = node.values.map((value) =>
    value.kind === "text" ? value.text : `${value.name}(${value.args})`
  );
  return `${node.field} ${node.operator} ${values.join("|")}`;
}

const READ: readonly [cql: string, tree: string][] = [
  ["space = ENG", "space = ENG"],
  ['SPACE="ENG"', "space = ENG"],
  ['space = "~7120abc" and type=page', "and(space = ~7120abc, type = page)"],
  ['title = "a\\"b\\\\c"', 'title = a"b\\c'],
  ["title = 'it''", ""],
  ["a.b = c", "a.b = c"],
  ["type in (page, blogpost)", "type in page|blogpost"],
  ['type = page and id not in (1,"2")', "and(type = page, id not in 1|2)"],
  ["type = page or space = A and space != B", "or(type = page, and(space = A, space != B))"],
  ["(type = page or space = A) and label = x", "and(or(type = page, space = A), label = x)"],
  ["type = page and not (label = x or label = y)", "and(type = page, not(or(label = x, label = y)))"],
  ['lastmodified >= now("-90m") ORDER BY lastmodified asc, title desc', "lastmodified >= now(-90m)"],
  ["created < startOfDay()", "created < startofday()"],
  ["order by created", "all"],
];

Deno.test("parseCql() reads fields, operators, lists, functions, brackets and precedence", () => {
  for (const [cql, tree] of READ) {
    if (tree === "") assertThrows(() => parseCql(cql), CqlError, "at the end of the string");
    else assertEquals(shown(parseCql(cql).where), tree, cql);
  }
  assertEquals(parseCql("type = page order by lastmodified desc, title").order, [
    { field: "lastmodified", descending: true },
    { field: "title", descending: false },
  ]);
});

const REFUSED: readonly [cql: string, message: string][] = [
  ["space", "Expecting an operator but the query ends"],
  ["space =", "Expecting a value but the query ends"],
  ["space = A and", "Expecting a field but the query ends"],
  ["space = A type = page", "Unexpected 'type' at character 11"],
  ["(space = A", "Expecting ')' but the query ends"],
  ["space in (A", "Expecting ')' but the query ends"],
  ["space in ()", "Expecting a value but got ')'"],
  ["space = ~abc", "Expecting a value but got '~'"],
  ["space = and", "Expecting a value but got 'and'"],
  ["order lastmodified", "Expecting BY after ORDER"],
  ["type = page order by lastmodified asc space = A", "Unexpected 'space'"],
  ["not type = page", "NOT cannot be the first clause"],
  ["type != page", "!= cannot be in the first clause"],
  ["type not in (page) and space = A", "NOT IN cannot be in the first clause"],
];

Deno.test("parseCql() refuses what is no query and says where", () => {
  for (const [cql, message] of REFUSED) assertThrows(() => parseCql(cql), CqlError, message, cql);
});

const NOW = Date.parse("2026-03-04T15:16:17.890Z");

const DATES: readonly [value: string, zone: string, utc: string][] = [
  ["2026/03/01 10:30", "UTC", "2026-03-01T10:30:00.000Z"],
  ["2026-03-01 10:30", "Asia/Seoul", "2026-03-01T01:30:00.000Z"],
  ["2026-03-01", "America/New_York", "2026-03-01T05:00:00.000Z"],
  ["2026/3/1", "Europe/Berlin", "2026-02-28T23:00:00.000Z"],
  ["2026-07-01 12:00", "Europe/Berlin", "2026-07-01T10:00:00.000Z"],
  ["2026-10-25 02:30", "Europe/Berlin", "2026-10-25T01:30:00.000Z"],
];

const CALLS: readonly [name: string, argument: string | undefined, zone: string, utc: string][] = [
  ["now", undefined, "UTC", "2026-03-04T15:16:00.000Z"],
  ["now", "-90m", "Asia/Seoul", "2026-03-04T13:46:00.000Z"],
  ["now", "-2h", "UTC", "2026-03-04T13:16:00.000Z"],
  ["now", "-4w", "UTC", "2026-02-04T15:16:00.000Z"],
  ["now", "+1d", "UTC", "2026-03-05T15:16:00.000Z"],
  ["now", "-1M", "UTC", "2026-02-04T15:16:00.000Z"],
  ["now", "-1y", "UTC", "2025-03-04T15:16:00.000Z"],
  ["startofday", undefined, "Asia/Seoul", "2026-03-04T15:00:00.000Z"],
  ["startofday", "-1d", "UTC", "2026-03-03T00:00:00.000Z"],
  ["endofday", undefined, "UTC", "2026-03-04T23:59:00.000Z"],
  ["startofweek", undefined, "UTC", "2026-03-02T00:00:00.000Z"],
  ["startofmonth", undefined, "UTC", "2026-03-01T00:00:00.000Z"],
  ["endofmonth", undefined, "UTC", "2026-03-31T23:59:00.000Z"],
  ["startofyear", undefined, "Europe/Berlin", "2025-12-31T23:00:00.000Z"],
];

Deno.test("resolveDate() reads literals of minute precision in the site's zone", () => {
  for (const [text, zone, utc] of DATES) {
    assertEquals(
      new Date(resolveDate({ kind: "text", text }, NOW, zone)).toISOString(),
      utc,
      `${text} ${zone}`,
    );
  }
});

Deno.test("resolveDate() knows now() and the edges of days, weeks, months and years", () => {
  for (const [name, argument, zone, utc] of CALLS) {
    const args = argument === undefined ? [] : [argument];
    const time = resolveDate({ kind: "call", name, args }, NOW, zone);
    assertEquals(new Date(time).toISOString(), utc, `${name}(${args}) ${zone}`);
  }
});

Deno.test("resolveDate() refuses seconds, ISO text, no dates, and hours that a zone skips", () => {
  const bad = ["2026-03-01 10:30:00", "2026-03-01T10:30:00Z", "yesterday", "2026-02-30", "2026-03-01 25:00"];
  for (const text of bad) {
    assertThrows(() => resolveDate({ kind: "text", text }, NOW, "UTC"), CqlError, "invalid date", text);
  }
  const skipped = { kind: "text", text: "2026-03-29 02:30" } as const;
  assertThrows(() => resolveDate(skipped, NOW, "Europe/Berlin"), CqlError, "invalid date");
  assertEquals(new Date(resolveDate(skipped, NOW, "UTC")).toISOString(), "2026-03-29T02:30:00.000Z");
});

function library() {
  const fake = new FakeConfluence({ clock: { now: () => NOW }, settings: { timeZone: "Asia/Seoul" } });
  const { site } = fake;
  const at = (minute: number) => Date.parse("2026-03-04T10:00:00Z") + minute * 60_000;
  site.addSpace({ key: "ENG", name: "Engineering", createdAt: at(-100) });
  site.addSpace({ key: "~7120abc", name: "Ana", createdAt: at(-100) });
  const root = site.addPage({
    spaceKey: "ENG",
    title: "Root",
    createdAt: at(0),
    id: "100",
    labels: ["plan"],
  });
  site.addPage({
    spaceKey: "ENG",
    title: "Harbour plan",
    createdAt: at(1),
    id: "101",
    parentId: root.id,
    body: "<p>green signal</p>",
  });
  site.addPage({
    spaceKey: "ENG",
    title: "Deep",
    createdAt: at(2),
    updatedAt: at(30) + 30_000,
    id: "102",
    parentId: "101",
    version: 2,
  });
  site.addBlogPost({ spaceKey: "ENG", title: "News", createdAt: at(3), id: "103", authorId: "557058:bob" });
  site.addPage({ spaceKey: "~7120abc", title: "Mine", createdAt: at(4), id: "104" });
  site.attach("101", { filename: "plan.pdf", createdAt: at(5), id: "att105" });
  site.addFooterComment("101", { body: "<p>red signal</p>", createdAt: at(6), id: "106" });
  site.addFolder({ spaceKey: "ENG", title: "Folder", createdAt: at(7), id: "107" });
  site.archivePage(site.addPage({ spaceKey: "ENG", title: "Gone", createdAt: at(8), id: "108" }).id);
  return fake;
}

const FOUND: readonly [cql: string, ids: string][] = [
  ["space = ENG and type = page", "100 101 102"],
  ["space = eng and type = PAGE", "100 101 102"],
  ['space = "~7120ABC"', "104"],
  ['space in ("ENG", "~7120abc") and type in (page, blogpost)', "100 101 102 103 104"],
  ["space = NOPE", ""],
  ["type = attachment", "att105"],
  ["type = comment", "106"],
  ["type = folder", "107"],
  ["id in (100, 104, 999)", "100 104"],
  ["content = 101", "101"],
  ["type = page and id != 100", "101 102 104"],
  ['title = "harbour PLAN"', "101"],
  ['title ~ "plan"', "101 106 att105"],
  ['title ~ "harb*"', "101 106"],
  ["type = page and title !~ plan", "100 102 104"],
  ['text ~ "signal"', "101 106"],
  ['text ~ "signal green"', "101"],
  ["label = plan", "100"],
  ["type = page and label != plan", "101 102 104"],
  ["container = 101", "106 att105"],
  ["parent = 101", "102"],
  ["ancestor = 100", "101 102"],
  ["creator = currentUser() and type = blogpost", ""],
  ['creator = "557058:bob"', "103"],
  ["type = page and not (id = 100 or id = 101)", "102 104"],
  ["type = page and (id = 100 or label = x)", "100"],
  // 2026-03-04 19:30 in Seoul is 10:30 UTC; the page of 10:30:30 is within that minute.
  ['type = page and lastmodified = "2026-03-04 19:30"', "102"],
  ['type = page and lastmodified >= "2026-03-04 19:30"', "102"],
  ['type = page and lastmodified > "2026-03-04 19:30"', ""],
  ['type = page and lastmodified <= "2026-03-04 19:00"', "100"],
  ['type = page and lastmodified < "2026-03-04 19:01"', "100"],
  ['type = page and lastmodified != "2026-03-04 19:30"', "100 101 104"],
  ['type = page and created >= "2026/03/04 19:02"', "102 104"],
  ['type = page and lastmodified >= now("-300m")', "102"],
  ["type = page and created >= startOfDay()", ""],
  ["type = space", ""],
];

Deno.test("CQL finds by every field and operator", async () => {
  const fake = library();
  for (const [cql, ids] of FOUND) {
    const told = await ask(fake, `/wiki/rest/api/search?limit=100&cql=${encodeURIComponent(cql)}`);
    assertEquals(told.status, 200, `${cql}: ${told.text}`);
    type Row = { content?: { id: string } };
    const found = told.json.results.flatMap(({ content }: Row) => content === undefined ? [] : [content.id]);
    assertEquals(found.toSorted().join(" "), ids, cql);
  }
});

const UNKNOWN: readonly [cql: string, message: string][] = [
  ["status = current", "No field exists with the name: 'status'"],
  ["type = pages", "Unsupported value for type: 'pages'. Supported values are: page, blogpost, comment"],
  ["space ~ ENG", "The operator '~' is not supported by the field 'space'"],
  ["lastmodified ~ x", "The operator '~' is not supported by the field 'lastmodified'"],
  ["text = x", "The operator '=' is not supported by the field 'text'"],
  ["lastmodified > 2026-13-01", "invalid date"],
  ["created > later()", "No function exists with the name: 'later'"],
  ["type = page order by size", "Cannot order by the field: 'size'"],
  ["space = ", "Could not parse cql"],
];

Deno.test("CQL finds spaces by type", async () => {
  const told = await ask(
    library(),
    `/wiki/rest/api/search?cql=${encodeURIComponent("type = space order by title")}`,
  );
  assertEquals(told.json.results.map(({ space }: { space: { key: string } }) => space.key), [
    "~7120abc",
    "ENG",
  ]);
});

Deno.test("CQL errors are a 400 of the service layer with the reason", async () => {
  const fake = library();
  for (const [cql, message] of UNKNOWN) {
    const told = await ask(fake, `/wiki/rest/api/content/search?cql=${encodeURIComponent(cql)}`);
    assertEquals([told.status, told.json.statusCode, told.json.data.successful], [400, 400, true], cql);
    assertStringIncludes(told.json.message, message);
    assertStringIncludes(told.json.message, "BadRequestException");
  }
});

Deno.test("CQL injection works as on a real site: unescaped values change the query", async () => {
  const fake = library();
  const told = await ask(
    fake,
    `/wiki/rest/api/content/search?cql=${encodeURIComponent('title = "a" or type=page')}`,
  );
  assertEquals(told.json.results.length, 4);
});

Deno.test("ORDER BY sorts by several fields and directions over the pages of a walk", async () => {
  const fake = library();
  const order = async (by: string) => {
    const cql = encodeURIComponent(`type in (page, blogpost, folder) order by ${by}`);
    const told = await walk(fake, `/wiki/rest/api/content/search?limit=2&cql=${cql}`);
    return told.flatMap(({ json }) => json.results.map(({ id }: { id: string }) => id)).join(" ");
  };
  assertEquals(await order("created asc"), "100 101 102 103 104 107");
  assertEquals(await order("created desc"), "107 104 103 102 101 100");
  assertEquals(await order("lastmodified"), "100 101 103 104 107 102");
  assertEquals(await order("title"), "102 107 101 104 103 100");
  assertEquals(await order("type desc, created desc"), "104 102 101 100 107 103");
});
