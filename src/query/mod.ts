/**
 * Questions to the index in SQL, and the forms of their answers.
 *
 * @module
 */
export {
  type Answer,
  type Examination,
  examineDatabase,
  type IndexOptions,
  openIndex,
  openReader,
  proveWritable,
  type Readable,
  type Reader,
  type ReaderOptions,
  type ReadOnlyIndex,
  type ServerOptions,
  type SpaceOverview,
  spaceOverviews,
  type SqlParams,
  type SqlRow,
  type SqlValue,
} from "../database/reader.ts";
export { ask, type Suggest } from "./ask.ts";
export { changeFeed, type FeedEntry, type FeedOptions, type Place } from "./changes.ts";
export { csvLine } from "./csv.ts";
export { jsonRow, toBase64 } from "./json.ts";
export { MEANINGS, type TableMeaning } from "./meanings.ts";
export { type Parameters, parametersOf } from "./parameters.ts";
export { findQuestion, isQuestionName, listQuestions, type QuestionFolder, questionParams } from "./saved.ts";
export { describeIndex } from "./schema.ts";
export {
  type MarkedText,
  type PageHit,
  search,
  type SearchOptions,
  type SearchResult,
  suggestWords,
  unknownSpaces,
} from "./search.ts";
export {
  type IndexStatus,
  readStatus,
  type RunReport,
  type SpaceStatusReport,
  type Writer,
} from "./status.ts";
