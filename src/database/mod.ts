/**
 * The index: the only place with SQL.
 *
 * @module
 */
export {
  attachmentsOfPages,
  type AttachmentToSave,
  homelessAttachments,
  type KnownAttachment,
  knownAttachments,
  moveAttachments,
} from "./attachments.ts";
export {
  restoreAttachmentsOf,
  saveAttachments,
  tombstoneAttachments,
  unlistedAttachments,
} from "./attachments.ts";
export { CLOCK_ERROR, correctFailureTimes } from "./clock_error.ts";
export { asCompared, OvertakenError } from "./compared.ts";
export { Database, type DatabaseOptions, isFile, openDatabase, pathOf, type Statement } from "./database.ts";
export {
  commentCount,
  commentsHeld,
  type CommentToSave,
  type KnownComment,
  knownComments,
  moveComments,
  restoreCommentsOf,
  saveComments,
  tombstoneComments,
  unlistedComments,
} from "./comments.ts";
export {
  type ContainerRef,
  containersToRead,
  heldContainers,
  saveContainers,
  saveUnreadContainers,
  type UnreadContainer,
} from "./containers.ts";
export { explainDatabaseError, RowTooLargeError } from "./database_error.ts";
export {
  type ChangeEvent,
  type EventKind,
  newestEvent,
  saveEvents,
  spacesChangedByOthers,
} from "./events.ts";
export {
  allFailures,
  clearFailures,
  clearReadFailures,
  clearStaleFailures,
  type Failure,
  failuresAmong,
  failuresOf,
  forgetFailures,
  type ReadPage,
  type RecordedFailure,
  saveFailures,
  saveShownVersions,
  type Shown,
} from "./failures.ts";
export {
  arrivalsAmong,
  type HeldLabels,
  type LabelRow,
  labelsThatDiffer,
  listedLabels,
  passedBy,
  relabelled,
  saveLabels,
  saveListedLabels,
  type SearchedLabels,
  unlabelledPages,
} from "./labels.ts";
export {
  acquireLease,
  currentLease,
  type Holder,
  isStale,
  type Lease,
  type LeaseWish,
  releaseLease,
  renewLease,
} from "./leases.ts";
export { type LinkToSave, resolveLinksTo, saveLinks } from "./links.ts";
export { type NoteToSave, saveConversionNotes } from "./conversion_notes.ts";
export { readMeta, saveMeta, saveMetaOnce } from "./meta.ts";
export { migrate, type Migration, MIGRATIONS, SCHEMA_VERSION } from "./migrations.ts";
export { heldBodies } from "./held_bodies.ts";
export { type Findable, lastFindable, newestChange, newestPages } from "./newest.ts";
export {
  type KnownPage,
  knownPages,
  pagesAfter,
  type PageText,
  type PageToSave,
  savePages,
  TABLES,
  tombstonePages,
  unlistedPages,
} from "./pages.ts";
export {
  clearStaleHistoryFailures,
  type LackingPage,
  type LackingPages,
  pagesLackingVersions,
  saveHistoryRange,
  savePageVersions,
  type VersionToSave,
} from "./page_histories.ts";
export { attachmentCounts, deltaHabits, type Habit, type PastRun, pastRuns } from "./past.ts";
export {
  adoptFiles,
  filesToFetch,
  type FileToFetch,
  forgetFiles,
  type KeptFile,
  keptFiles,
  saveFile,
} from "./attachment_files.ts";
export {
  countPrunable,
  prunableRuns,
  prunableVersions,
  type PruneCounts,
  type PruneRules,
  removeRuns,
  removeVersions,
  stayingFiles,
  type Versioned,
} from "./prune.ts";
export { countOutdated, outdatedBodies, saveTexts, type StoredBody } from "./reconvert.ts";
export type { Readable } from "./readable.ts";
export type { ServerOptions } from "./server.ts";
export { type IndexOptions, openIndex, type ReadOnlyIndex } from "./read_only.ts";
export {
  accountsOf,
  claimArtifacts,
  endRun,
  findRun,
  latestRuns,
  type Run,
  runsOwingArtifacts,
  type RunStatus,
  saveAccount,
  saveArtifactsWritten,
  saveRunFolder,
  startRun,
} from "./runs.ts";
export type { SpaceAccount } from "./runs.ts";
export {
  followKey,
  holdsPages,
  type KnownSpace,
  knownSpaces,
  pageCounts,
  saveSpaces,
  spacesAmong,
} from "./spaces.ts";
export {
  clearListedIds,
  DELETION_MODES,
  type DeletionMode,
  type ReadKinds,
  reconciliationDue,
  saveListedIds,
  saveSyncState,
  statesAmong,
  type SyncState,
  syncStates,
} from "./sync_state.ts";
export {
  BY_MOVES,
  BY_SPACES,
  clearComparisons,
  oweComparisons,
  type OwedComparison,
  owedComparisons,
  settleComparisons,
} from "./owed_comparisons.ts";
