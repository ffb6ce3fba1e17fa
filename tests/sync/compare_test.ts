import { assertEquals } from "@std/assert";
import type { Attachment, Page } from "../../src/model/mod.ts";
import type { KnownAttachment, KnownPage } from "../../src/database/mod.ts";
import { compareAttachment, comparePage } from "../../src/sync/compare.ts";

const TIME = "2026-01-01T00:00:00.000Z";
const VERSION = { number: 3, createdAt: TIME, message: "", minorEdit: false, authorId: null };

const PAGE: Page = {
  id: "1",
  status: "current",
  title: "Title",
  spaceId: "10",
  parentId: "2",
  parentType: "page",
  position: 5,
  authorId: null,
  ownerId: null,
  subtype: null,
  createdAt: TIME,
  version: VERSION,
  body: null,
  url: "https://site.example/wiki/1",
  askedAt: TIME,
};

const KNOWN: KnownPage = {
  id: "1",
  version: 3,
  status: "current",
  title: "Title",
  spaceId: "10",
  spaceKey: "DOCS",
  ownerId: "u1",
  subtype: null,
  parentId: "2",
  parentType: "page",
  position: 5,
  updatedAt: TIME,
  bodyFormat: "storage",
  deletedAt: null,
  deletionReason: null,
  labels: null,
  fetchedAt: TIME,
};

/** What comparing says: the kinds of events in order, and what there is to do. */
function compared(
  page: Partial<Page>,
  known: Partial<KnownPage> | null,
  format: "storage" | "atlas_doc_format" = "storage",
  believe = false,
) {
  const decision = comparePage(
    { ...PAGE, ...page },
    known === null ? undefined : { ...KNOWN, ...known },
    format,
    "page",
    believe,
  );
  if (decision.action !== "write") return decision.action;
  const { added, restored, needsBody, replaces, movedFrom, events } = decision;
  return { added, restored, needsBody, replaces, movedFrom, events: events.map(({ kind }) => kind) };
}

const SAME = { added: false, restored: false, needsBody: false, replaces: 3, movedFrom: null };
const NEWER = { version: { ...VERSION, number: 4 } };

Deno.test("comparePage keeps what is the same, and ignores what is older", () => {
  assertEquals(compared({}, {}), "keep");
  const before = { ...VERSION, number: 2, createdAt: "2025-12-01T00:00:00.000Z" };
  assertEquals(compared({ version: before, title: "Old" }, {}), "ignore");
});

Deno.test("comparePage follows a version that moved down by one number, since an earlier one was deleted", () => {
  const renumbered = { version: { ...VERSION, number: 2 } };
  assertEquals(compared(renumbered, {}), { ...SAME, needsBody: true, events: ["updated"] });
});

Deno.test("comparePage follows a site that was put back from a backup", () => {
  const later = "2026-02-01T00:00:00.000Z";
  for (const number of [2, 3]) {
    const again = { version: { ...VERSION, number, createdAt: later } };
    assertEquals(compared(again, {}), { ...SAME, needsBody: true, events: ["updated"] });
  }
  const older = { version: { ...VERSION, number: 2, createdAt: "2025-12-01T00:00:00.000Z" } };
  assertEquals(compared(older, {}), "ignore");
  assertEquals(compared(older, {}, "storage", true), { ...SAME, needsBody: true, events: ["updated"] });
});

Deno.test("comparePage follows a new owner and what kind of page it is, where the answer tells", () => {
  assertEquals(compared({ ownerId: "u2" }, {}), { ...SAME, events: ["updated"] });
  assertEquals(compared({ ownerId: null }, {}), "keep");
  assertEquals(compared({ subtype: "live" }, {}), { ...SAME, events: ["updated"] });
});

Deno.test("comparePage adds what is new, with its body", () => {
  assertEquals(compared({}, null), {
    ...SAME,
    added: true,
    needsBody: true,
    replaces: null,
    events: ["added"],
  });
});

Deno.test("comparePage tells each change by its kind, and asks for a body only where it can be another", () => {
  assertEquals(compared(NEWER, {}), { ...SAME, needsBody: true, events: ["updated"] });
  assertEquals(compared({ ...NEWER, title: "New" }, {}), {
    ...SAME,
    needsBody: true,
    events: ["updated", "renamed"],
  });
  assertEquals(compared({ title: "New" }, {}), { ...SAME, events: ["renamed"] });
  for (
    const place of [{ parentId: "9" }, { parentId: null, parentType: null }, { position: 6 }, {
      parentType: "folder",
    }]
  ) {
    assertEquals(compared(place, {}), { ...SAME, events: ["moved"] }, JSON.stringify(place));
  }
  assertEquals(compared({ spaceId: "11" }, {}), { ...SAME, movedFrom: "10", events: ["moved"] });
  assertEquals(compared({ status: "archived" }, {}), { ...SAME, events: ["archived"] });
  assertEquals(compared({}, { status: "archived" }), { ...SAME, events: ["restored"] });
});

Deno.test("comparePage brings back what was deleted, even when nothing else changed", () => {
  const buried = { deletedAt: TIME, deletionReason: "gone" };
  assertEquals(compared({}, buried), { ...SAME, restored: true, events: ["restored"] });
  assertEquals(compared({ ...NEWER, spaceId: "11" }, buried), {
    ...SAME,
    restored: true,
    needsBody: true,
    events: ["restored", "updated", "moved"],
  });
});

Deno.test("comparePage takes another body format for an update that needs the body", () => {
  assertEquals(compared({}, {}, "atlas_doc_format"), { ...SAME, needsBody: true, events: ["updated"] });
});

const FILE: Attachment = {
  id: "att1",
  status: "current",
  filename: "a.png",
  containerId: "1",
  containerType: "page",
  mediaType: null,
  fileSize: null,
  fileId: null,
  comment: null,
  createdAt: TIME,
  version: VERSION,
  downloadUrl: "https://site.example/wiki/att1",
};
const KNOWN_FILE: KnownAttachment = {
  id: "att1",
  version: 3,
  pageId: "1",
  spaceId: "10",
  filename: "a.png",
  status: "current",
  updatedAt: TIME,
  deletedAt: null,
  deletionReason: null,
};

Deno.test("compareAttachment tells what is the same, older, new, newer, renamed, moved and back again", () => {
  const kinds = (file: Partial<Attachment>, known: Partial<KnownAttachment> | null, spaceId = "10") => {
    const decision = compareAttachment(
      { ...FILE, ...file },
      spaceId,
      known === null ? undefined : { ...KNOWN_FILE, ...known },
    );
    return decision.action === "write" ? decision.events.map(({ kind }) => kind) : decision.action;
  };
  assertEquals(kinds({}, {}), "keep");
  const before = { number: 2, createdAt: "2025-12-01T00:00:00.000Z" };
  assertEquals(kinds({ version: { ...VERSION, ...before } }, {}), "ignore");
  assertEquals(kinds({ version: { ...VERSION, number: 2 } }, {}), ["updated"]);
  const anew = { number: 2, createdAt: "2026-02-01T00:00:00.000Z" };
  assertEquals(kinds({ version: { ...VERSION, ...anew } }, {}), ["updated"]);
  assertEquals(kinds({ version: { ...VERSION, ...anew, number: 3 } }, {}), ["updated"]);
  assertEquals(kinds({ version: { ...VERSION, createdAt: "2026-01-01T00:00:00.999Z" } }, {}), "keep");
  assertEquals(kinds({}, null), ["added"]);
  assertEquals(kinds(NEWER, {}), ["updated"]);
  assertEquals(kinds({ filename: "b.png" }, {}), ["renamed"]);
  assertEquals(kinds({ containerId: "2" }, {}), ["moved"]);
  assertEquals(kinds({}, {}, "11"), ["moved"]);
  assertEquals(kinds(NEWER, { deletedAt: TIME }), ["restored", "updated"]);
});
