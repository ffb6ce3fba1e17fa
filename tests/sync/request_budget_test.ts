import { assert, assertEquals } from "@std/assert";
import { type Case, countRequests, requestBudgets } from "../bench/requests.ts";
import type { SpacePlan } from "../bench/served_site.ts";
import type { IngestOptions } from "../../src/sync/mod.ts";
import { addPages, DAY, DOCS, MINUTE, withBench } from "./setup.ts";

function site(...sizes: [pages: number, attachments: number][]): SpacePlan[] {
  return sizes.map(([pages, attachments], index) => ({ key: `B${index + 1}`, pages, attachments }));
}

const CASES:
  readonly (Case & { readonly name: string; readonly counts: number[]; readonly labelled: number[] })[] = [
    // First ingest, nothing changed, pages changed, reconciliation; without labels, and with them.
    {
      name: "an empty space",
      spaces: site([0, 0]),
      changed: 0,
      searchCap: 250,
      counts: [5, 3, 3, 3],
      labelled: [5, 3, 3, 3],
    },
    {
      name: "one page",
      spaces: site([1, 1]),
      changed: 1,
      searchCap: 250,
      counts: [5, 3, 4, 5],
      labelled: [5, 3, 4, 5],
    },
    {
      name: "one full answer",
      spaces: site([250, 250]),
      changed: 50,
      searchCap: 250,
      counts: [5, 3, 4, 5],
      labelled: [6, 3, 4, 6],
    },
    {
      name: "one more than that",
      spaces: site([251, 251]),
      changed: 51,
      searchCap: 250,
      counts: [7, 3, 4, 7],
      labelled: [8, 3, 4, 8],
    },
    {
      name: "1,000 pages, 100 attachments",
      spaces: site([1000, 100]),
      changed: 251,
      searchCap: 250,
      counts: [8, 3, 8, 8],
      labelled: [12, 3, 8, 12],
    },
    {
      name: "a site that gives 50 rows a search",
      spaces: site([300, 120]),
      changed: 30,
      searchCap: 50,
      counts: [8, 3, 4, 8],
      labelled: [14, 3, 4, 14],
    },
    {
      name: "five spaces of all sizes",
      spaces: site([600, 10], [251, 0], [1, 300], [0, 0], [10, 10]),
      changed: 300,
      searchCap: 250,
      counts: [22, 7, 12, 20],
      labelled: [24, 7, 12, 22],
    },
  ];

const RUNS = CASES.flatMap(({ counts, labelled, ...given }) => [
  { ...given, what: given.name, counts: labelled },
  { ...given, what: `${given.name}, without labels`, counts, without: ["labels"] as const },
]);

for (const { what, counts, ...given } of RUNS) {
  Deno.test(`ingest() takes exactly the requests it needs: ${what}`, async () => {
    const found = await countRequests(given);
    assertEquals([found.first, found.unchanged, found.changed, found.reconciled], counts);
    const most = requestBudgets(given);
    assert(found.first <= most.first, `first ingest: ${found.first} of ${most.first}`);
    assertEquals(found.reconciled, most.reconciled);
    assert(found.unchanged <= most.unchanged, `nothing changed: ${found.unchanged} of ${most.unchanged}`);
    assert(found.changed <= most.changed, `pages changed: ${found.changed} of ${most.changed}`);
  });
}

Deno.test("ingest() of an unchanged space takes the same requests whatever its size", async () => {
  const counts = await Promise.all(
    [10, 500, 2000].map((pages) =>
      countRequests({ spaces: site([pages, pages]), changed: 0, searchCap: 250 })
    ),
  );
  assertEquals(counts.map(({ unchanged }) => unchanged), [3, 3, 3]);
});

Deno.test("ingest() takes for blog posts, comments and folders what the README says, and nothing where nothing changed", () =>
  withBench(async ({ site, fake, ingest, pass }) => {
    const [B, C, F] = [260, 120, 3];
    const pages = addPages(site, "DOCS", 10);
    const posts = Array.from(
      { length: B },
      (_, n) => site.addBlogPost({ spaceKey: "DOCS", title: `Post ${n}` }).id,
    );
    const comments = Array.from(
      { length: C },
      (_, n) => site.addFooterComment(pages[n % 10]!, { body: `<p>${n}</p>` }).id,
    );
    const count = async (options: Partial<IngestOptions>) => {
      fake.counters.reset();
      assertEquals((await ingest(options)).status, "complete");
      return fake.counters.total;
    };
    const kinds = { blogposts: true, comments: true };
    const plain = await count(DOCS);
    pass(DAY);
    // All of them, taken in later: what the listings of a first run take.
    assertEquals(await count({ full: true, kinds }), plain + Math.ceil(B / 250) + Math.ceil(C / 50));
    pass(DAY);
    // The mark leaves the day on which all was made.
    site.addPage({ spaceKey: "DOCS", title: "Later", body: "" });
    pass(MINUTE);
    await count({ deletions: "on_demand" });
    pass(DAY);
    for (let n = 0; n < F; n++) {
      const { id } = site.addFolder({ spaceKey: "DOCS", title: `Folder ${n}` });
      site.addPage({ spaceKey: "DOCS", title: `In folder ${n}`, body: "", parentId: id });
    }
    pass(MINUTE);
    const unchanged = 3;
    assertEquals(
      await count({ deletions: "on_demand" }),
      unchanged + 1 + F,
      "the pages, and each folder once",
    );
    pass(DAY);
    assertEquals(await count({ deletions: "on_demand" }), unchanged);
    for (const id of posts.slice(0, 30)) site.editPage(id, { body: "<p>new</p>" });
    for (const id of comments.slice(0, 60)) site.editComment(id, "<p>new</p>");
    pass(MINUTE);
    assertEquals(await count({ deletions: "on_demand" }), unchanged + 1 + Math.ceil(60 / 50));
    pass(DAY);
    assertEquals(await count({ reconcile: true }), plain + Math.ceil(B / 250) + Math.ceil(C / 50) + F);
  }, { fake: { settings: { search: { capBody: 50 } } } }));
