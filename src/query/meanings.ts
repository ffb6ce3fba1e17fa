/**
 * What the tables, views and columns of the index mean, for `query --schema`. A test compares the names with the schema.
 *
 * @module
 */

/** The meaning of a table or view and of its columns. */
export interface TableMeaning {
  readonly meaning: string;
  /** The table whose columns a view repeats. */
  readonly like?: string;
  readonly columns?: Readonly<Record<string, string>>;
}

const RUN_ID = "the run that wrote this row (runs.id)";
const DELETED_AT = "when a run found it gone; null while it is there";
const DELETION_REASON = "trashed, archived, moved (out of the spaces in scope) or gone";
const FETCHED_AT = "when it was read from Confluence";
const IS_CURRENT = "1 for the newest version of each id";

/** By name of table or view. */
export const MEANINGS: Readonly<Record<string, TableMeaning>> = {
  current_pages: {
    meaning: "the newest version of each page that is not deleted: start here",
    like: "pages",
  },
  current_attachments: {
    meaning: "the newest version of each attachment that is not deleted",
    like: "attachments",
  },
  current_blog_posts: {
    meaning: "the newest version of each blog post that is not deleted, where blog posts are ingested",
    like: "pages",
  },
  current_comments: {
    meaning: "the newest version of each comment that is not deleted, where comments are ingested",
    like: "comments",
  },
  deleted_pages: { meaning: "pages that are gone, as last seen, with the reason", like: "pages" },
  pages: {
    meaning: "one row per page and version ever ingested; a deletion is a mark, never a missing row",
    columns: {
      id: "page id, text",
      version: "version number, from 1",
      is_current: IS_CURRENT,
      status: "current, archived, trashed, ...; historical for versions that ingest --history read",
      title: "title",
      space_id: "spaces.id",
      space_key: "spaces.key",
      parent_id: "id of what it hangs under; null at the top",
      parent_type: "page, folder, whiteboard, database or embed",
      position: "order among its siblings",
      author_id: "account that made the page",
      owner_id: "account that owns the page",
      subtype: "live for live docs",
      created_at: "when the page was made",
      updated_at: "when this version was made",
      version_message: "the author's note on this version",
      version_author_id: "account that made this version",
      minor_edit: "1 where this version notified nobody",
      url: "where people read it",
      labels: "JSON list of names, in order; null where not ingested",
      deleted_at: DELETED_AT,
      deletion_reason: DELETION_REASON,
      run_id: RUN_ID,
      fetched_at: FETCHED_AT,
      body_format: "storage or atlas_doc_format",
      converter_version: "the converter that made body_text; null where there is none",
      search_title:
        "the title as search has it, where that is not the title itself (Chinese, Japanese, Korean, Thai)",
      body_text: "the body as plain text; null where not made",
      search_text: "body_text as search has it, where that is not body_text itself",
      body: "the body exactly as Confluence gave it",
    },
  },
  page_histories: {
    meaning: "which versions of a page were asked for: what is not in pages is not in Confluence either",
    columns: {
      page_id: "pages.id",
      first_version: "the first of their numbers",
      last_version: "the last of their numbers",
      run_id: RUN_ID,
      fetched_at: FETCHED_AT,
    },
  },
  comments: {
    meaning: "one row per comment or reply and version ever ingested",
    columns: {
      id: "comment id",
      version: "version number, from 1",
      is_current: IS_CURRENT,
      kind: "footer (below the content) or inline (on a part of its text)",
      status: "current, ...",
      page_id: "the page or blog post it is on",
      page_type: "page or blogpost",
      space_id: "spaces.id",
      parent_id: "the comment it replies to; null where it starts a thread",
      resolution: "open, resolved, reopened or dangling, for inline ones",
      selection: "the text it is about, as it was, for inline ones",
      author_id: "account that wrote it",
      created_at: "when the first version was made",
      updated_at: "when this version was made",
      version_author_id: "account that made this version",
      url: "where people read it",
      deleted_at: DELETED_AT,
      deletion_reason: "gone, or that of the page it was on",
      run_id: RUN_ID,
      fetched_at: FETCHED_AT,
      body_format: "storage or atlas_doc_format",
      body_text: "the body as plain text",
      body: "the body exactly as Confluence gave it",
    },
  },
  blog_posts: {
    meaning: "one row per blog post and version ever ingested, with the columns of pages; it hangs nowhere",
    like: "pages",
  },
  attachments: {
    meaning:
      "one row per attachment and version ever ingested; with ingest --attachments download the files are kept beside the index",
    columns: {
      id: "attachment id, att and a number",
      version: "version number, from 1",
      is_current: IS_CURRENT,
      status: "current, archived, trashed, ...",
      page_id: "the page (or other content) it hangs on",
      space_id: "spaces.id",
      filename: "file name as uploaded",
      media_type: "MIME type as uploaded",
      file_size: "bytes",
      file_id: "id that bodies in atlas_doc_format refer to",
      download_url: "where to get the file, with credentials",
      comment: "the uploader's note",
      created_at: "when the first version was made",
      updated_at: "when this version was made",
      version_author_id: "account that made this version",
      deleted_at: DELETED_AT,
      deletion_reason: DELETION_REASON,
      run_id: RUN_ID,
      fetched_at: FETCHED_AT,
      sha256: "hash of the file where it is kept, and its name: attachments/ab/ab... in the output folder",
      stored_bytes: "bytes of that file",
      stored_at: "when it was downloaded",
    },
  },
  page_tree: {
    meaning:
      "every current page, and every folder and the like that pages hang under, with its way from the top",
    columns: {
      id: "pages.id or containers.id",
      type: "page, folder, whiteboard, database or embed",
      title: "title",
      space_key: "spaces.key",
      parent_id: "id of what it hangs under; null at the top",
      parent_type: "page, folder, whiteboard, database or embed",
      depth: "how many titles stand above its own",
      path: "the titles from the top, with ' / ' between",
      url: "where people read it",
    },
  },
  containers: {
    meaning: "folders, whiteboards, databases and embeds that pages hang under",
    columns: {
      id: "its id",
      type: "folder, whiteboard, database or embed",
      status: "current, archived, trashed, ...",
      title: "title; null where it could not be read",
      space_id: "spaces.id",
      parent_id: "id of what it hangs under; null at the top",
      parent_type: "page, folder, whiteboard, database or embed",
      position: "order among its siblings",
      author_id: "account that made it",
      created_at: "when it was made",
      updated_at: "when its newest version was made",
      url: "where people read it",
      note: "why it could not be read when it was asked for last; null where it could",
      run_id: RUN_ID,
      fetched_at: FETCHED_AT,
    },
  },
  page_labels: {
    meaning: "the labels of every current page that is not deleted",
    columns: {
      page_id: "pages.id",
      label: "its name",
      prefix: "global for those everyone sees; team or system",
    },
  },
  page_search: {
    meaning:
      "full-text search over current_pages: WHERE page_search MATCH 'words' ORDER BY rank; rowid is the page id",
    columns: {
      title: "title; counts ten times",
      text: "body_text; Chinese, Japanese, Korean and Thai characters are words of their own",
      labels: "labels; count four times",
    },
  },
  page_search_words: {
    meaning: "the words of page_search",
    columns: {
      term: "a word, in lower case without accents",
      doc: "pages that have it",
      cnt: "how often it stands in them",
    },
  },
  page_search_content: {
    meaning: "what page_search has of each page",
    columns: {
      page_number: "page id as a number",
      title: "title, parted into words",
      text: "body_text, parted into words",
      labels: "labels",
    },
  },
  current_links: {
    meaning: "what the current pages point at, and whether it is there",
    like: "links",
    columns: {
      from_title: "title of the page that holds the link",
      from_space_key: "its space",
      from_url: "where people read it",
      to_title: "title of the page it leads to, else as written",
      resolved: "1 where the page or file is in the index, 0 where not; null for other kinds",
    },
  },
  backlinks: {
    meaning: "who points at a page: WHERE page_id = '...'",
    like: "links",
    columns: {
      page_id: "the page pointed at",
      title: "its title",
      space_key: "its space",
      from_title: "title of the page that holds the link",
      from_space_key: "its space",
      from_url: "where people read it",
    },
  },
  broken_links: {
    meaning:
      "links of current pages that lead nowhere, with the reason; pages outside of the ingested spaces count as there",
    like: "links",
    columns: {
      from_title: "title of the page that holds the link",
      from_space_key: "its space",
      from_url: "where people read it",
      reason: "deleted: and why, no page of that title, no such file on the page, or not in the index",
    },
  },
  links: {
    meaning: "what each page version points at, one row for each place in its body",
    columns: {
      from_page_id: "the page that holds the link (pages.id)",
      from_version: "its version (pages.version)",
      position: "order in the body, from 0",
      kind: "page, blogpost, comment, attachment, url, user, space, issue, shortcut or anchor",
      used_as: "link, image, include or mention",
      text: "what people read",
      to_page_id: "the page it leads to, or that holds the file; null where not found yet",
      to_space_key: "space of the page as written",
      to_title: "title of the page as written; null where the body names an id",
      anchor: "the place inside the target",
      filename: "name of the attachment",
      user_id: "account id, user key or user name",
      url: "address, where it is one of the web",
    },
  },
  conversion_notes: {
    meaning: "what of a page version did not come through as it is when its body became text",
    columns: {
      page_id: "pages.id",
      version: "pages.version",
      kind: "approximated, no_stored_content, fallback or dropped",
      name: "the macro, element, node or mark",
      count: "how often",
      detail: "what was done instead",
    },
  },
  spaces: {
    meaning: "one row per space ever ingested",
    columns: {
      id: "space id, text",
      key: "the short name in URLs",
      name: "name",
      type: "global, personal, collaboration, ...",
      status: "current or archived",
      homepage_id: "page id of the overview",
      created_at: "when the space was made",
      url: "where people read it",
      fetched_at: FETCHED_AT,
    },
  },
  events: {
    meaning: "the change feed: one row per change that a run saw",
    columns: {
      id: "order of the changes",
      run_id: "the run that saw it (runs.id)",
      kind: "added, updated, renamed, moved, archived, trashed, gone, restored or labeled",
      subject: "page, blogpost, comment or attachment",
      subject_id: "its id",
      version: "the version after the change",
      space_id: "spaces.id",
      old_value: "title, place, version or labels before",
      new_value: "title, place, version or labels after",
      created_at: "when the run saw it",
    },
  },
  runs: {
    meaning: "one row per run of a command that writes",
    columns: {
      id: "run id, as printed",
      command: "what ran",
      started_at: "when it started",
      completed_at: "when it ended; null while it runs or when it was killed",
      status: "running, complete, incomplete, failed or interrupted",
      args: "its arguments, JSON, without secrets",
      metrics: "its metrics, JSON; null while it runs",
      tool_version: "the version of confluence-index",
    },
  },
  run_spaces: {
    meaning: "the accounts of each space and run: listed = unchanged + added + updated + skipped + failed",
    columns: {
      run_id: "runs.id",
      space_id: "spaces.id",
      mode: "first, full, reconcile, delta or since; none where it failed before",
      status: "how the space ended in this run",
      listed: "pages that Confluence listed",
      unchanged: "of those, pages the index had already",
      added: "of those, new pages",
      updated: "of those, pages with a new version or place",
      restored: "of the updated, pages that were deleted before",
      skipped: "of those, pages left out on purpose; why stands in detail",
      failed: "of those, pages that could not be read; why stands in detail",
      deleted: "pages found gone",
      moved_in: "pages that came from another space",
      moved_out: "pages that went to another space",
      count_before: "pages in the index before",
      count_after: "pages in the index after",
      detail: "reasons and numbers, JSON",
    },
  },
  failures: {
    meaning: "what could not be read, why, and when it is tried again",
    columns: {
      kind: "page, blogpost, attachment, labels or history (of a page) or space",
      id: "its id",
      space_id: "spaces.id",
      reason: "one word, for programs",
      message: "one sentence, for people",
      attempts: "how often it failed",
      first_failed_at: "when it failed first",
      last_failed_at: "when it failed last",
      next_try_at: "when the next run tries it again",
      run_id: "the run it failed in last (runs.id)",
      shown_version: "the version that was shown before it could not be read, where one was",
      shown_at: "when that version was made",
    },
  },
  sync_state: {
    meaning: "where the sync of each space stands",
    columns: {
      space_id: "spaces.id",
      mark: "all changes up to this time are in the index",
      body_format: "the format its bodies are kept in",
      scope: "the statuses in scope: current, or current,archived",
      kinds: "what is read besides pages and attachments, and since when it is whole; JSON",
      deletions: "when deletions are looked for",
      reconciled_at: "when the last complete look for deletions started",
      resume_link: "where an unfinished first listing goes on",
      resume_since: "when that listing started",
      synced_at: "when a run last ended well for this space",
      unproven_since:
        "changes since then are read again by the next run, unless it comes with the same token",
      unproven_by: "a digest that tells whether it does",
    },
  },
  owed_comparisons: {
    meaning: "spaces that the next run compares, since what belongs to their pages was not all read",
    columns: {
      space_id: "spaces.id",
      owed_by: "the space whose reading left it open (spaces.id), or moves",
      run_id: "the run that left it open (runs.id)",
    },
  },
  listed_ids: {
    meaning: "ids that a listing in progress has seen; empty between runs",
    columns: { space_id: "spaces.id", kind: "page, blogpost, comment or attachment", id: "its id" },
  },
  listed_labels: {
    meaning: "labels that a listing in progress has seen; empty between runs",
    columns: {
      space_id: "spaces.id",
      page_id: "pages.id",
      labels: "as in pages.labels",
      version: "the version that the search showed",
      updated_at: "when that was made",
    },
  },
  leases: {
    meaning: "who writes just now",
    columns: {
      name: "run: and a run that is alive, space: and an id that it holds",
      owner: "who holds it",
      run_id: "runs.id",
      acquired_at: "since when",
      expires_at: "until when, unless renewed",
    },
  },
  meta: { meaning: "facts about the whole index", columns: { key: "site, ...", value: "the fact" } },
  schema_migrations: {
    meaning: "the steps that brought the tables to their present form",
    columns: { tag: "the step", applied_at: "when it was applied" },
  },
};
