import type { InValue } from "@libsql/client";

/** What reading needs of an index: `Database` has it, and so has a connection on which nothing can be written. */
export interface Readable {
  /** All rows of a query, as plain objects by column name. */
  all<T = Record<string, unknown>>(sql: string, args?: readonly InValue[]): Promise<T[]>;
  /** The first row of a query, or undefined. */
  first<T = Record<string, unknown>>(sql: string, args?: readonly InValue[]): Promise<T | undefined>;
}
