/**
 * The named values a statement waits for. SQLite takes a value that was not given for NULL, which hides typing errors, so
 * they are looked up here. This decides nothing but that message.
 *
 * @module
 */

// What must be stepped over comes first: strings, quoted names, comments, plain words (which may hold a $ or @).
const TOKEN =
  /'[^']*'?|"[^"]*"?|`[^`]*`?|\[[^\]]*\]?|--[^\n]*|\/\*[\s\S]*?(?:\*\/|$)|[A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*|[:@$]([A-Za-z_\u0080-\uffff][\w$\u0080-\uffff]*)|(\?)\d*/g;

/** What a statement wants to be given. */
export interface Parameters {
  /** Without the `:`, `@` or `$`. */
  readonly names: ReadonlySet<string>;
  /** Whether it has a `?`, which has no name. */
  readonly anonymous: boolean;
}

/**
 * Finds the parameters of a statement.
 *
 * @param sql The statement.
 */
export function parametersOf(sql: string): Parameters {
  const names = new Set<string>();
  let anonymous = false;
  for (const [, name, mark] of sql.matchAll(TOKEN)) {
    if (name !== undefined) names.add(name);
    if (mark !== undefined) anonymous = true;
  }
  return { names, anonymous };
}
