/** Model objects for tests that need some, with what matters to the test spelled out. */
import type { Attachment, Page, Space } from "../../src/model/mod.ts";

/** A space. */
export function space(given: Partial<Space> = {}): Space {
  return {
    id: "10",
    key: "A",
    name: "Space A",
    type: "global",
    status: "current",
    homepageId: null,
    createdAt: "2025-01-01T00:00:00.000Z",
    url: "https://fake.atlassian.net/wiki/spaces/A",
    ...given,
  };
}

/** A page of space 10 at version 1. */
export function page(
  given: Partial<Omit<Page, "version">> & { readonly version?: number; readonly updatedAt?: string } = {},
): Page {
  const { version = 1, updatedAt = "2026-01-01T00:00:00.000Z", ...rest } = given;
  return {
    id: "1",
    status: "current",
    title: "A page",
    spaceId: "10",
    parentId: null,
    parentType: null,
    position: 0,
    authorId: "ana",
    ownerId: "ana",
    subtype: null,
    createdAt: "2025-01-01T00:00:00.000Z",
    version: { number: version, createdAt: updatedAt, message: "", minorEdit: false, authorId: "ana" },
    body: { format: "storage", value: "<p>text</p>" },
    url: "https://fake.atlassian.net/wiki/spaces/A/pages/1",
    askedAt: "2026-03-01T12:00:00.000Z",
    ...rest,
  };
}

/** An attachment of page 1 at version 1. */
export function attachment(
  given: Partial<Omit<Attachment, "version">> & {
    readonly version?: number;
    readonly updatedAt?: string;
    readonly pageId?: string;
  } = {},
): Attachment {
  const { version = 1, updatedAt = "2026-01-01T00:00:00.000Z", pageId = "1", ...rest } = given;
  return {
    id: "att1",
    status: "current",
    filename: "file.png",
    containerId: pageId,
    containerType: "page",
    mediaType: "image/png",
    fileSize: 100,
    fileId: "f1",
    comment: null,
    createdAt: "2025-01-01T00:00:00.000Z",
    version: { number: version, createdAt: updatedAt, message: "", minorEdit: false, authorId: "ana" },
    downloadUrl: "https://fake.atlassian.net/wiki/rest/api/content/1/child/attachment/att1/download",
    ...rest,
  };
}
