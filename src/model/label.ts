/** A label as Confluence tells of it. */
export interface Label {
  readonly name: string;
  /** `global` for those everyone sees; `my`, `team` or `system` for the others. */
  readonly prefix: string;
}
