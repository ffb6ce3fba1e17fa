/** The permission sets of `deno.json`, as the flags that a built program carries. */

/** A set as `deno.json` writes it: everything, or a list. */
export type PermissionSet = Readonly<Record<string, true | readonly string[]>>;

/**
 * The flags for a set, and those that keep a built program from fetching code or asking for more.
 *
 * @param set A permission set.
 * @param unstable The names of the unstable features in use.
 */
export function permissionFlags(set: PermissionSet, unstable: readonly string[]): string[] {
  return [
    "--no-prompt",
    "--no-remote",
    "--deny-import",
    ...unstable.map((feature) => `--unstable-${feature}`),
    ...Object.entries(set).map(([kind, what]) =>
      `--allow-${kind}${what === true ? "" : `=${what.join(",")}`}`
    ),
  ];
}
