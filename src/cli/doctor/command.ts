import type { Command, OptionsOf } from "../command.ts";
import type { GlobalOptions } from "../global_options.ts";

/** `doctor`, declared. */
export const command = {
  name: "doctor",
  summary: "Check configuration, site, token, spaces and index, with the remedy for each",
  description:
    "Looks in this order at the configuration and where each value came from, the connection, whether the site is Confluence Cloud, " +
    "whether the credentials are somebody's, the scopes of a scoped token, the spaces (those named, else those in the index), the " +
    "clock, the index and the disk. One line for each, with the remedy where something is wrong. It changes nothing and shows no " +
    "secret.\n\n" +
    "It exits with 0 when all is well, 1 when it works with limits, and 2 when ingest cannot work. With --json it prints one object: " +
    "status (ok, limited or failed) and checks [{name, status, finding, remedy}].",
  options: [
    {
      name: "space",
      type: "string",
      repeat: true,
      value: "KEY",
      summary: "A space to look at, by its key (repeat for more)",
    },
    {
      name: "space-id",
      type: "id",
      repeat: true,
      value: "ID",
      summary: "A space to look at, by its id (repeat for more)",
    },
  ],
  examples: [
    { command: "confluence-index doctor", what: "Is everything in place?" },
    { command: "confluence-index doctor --space DOCS", what: "May this token read the space DOCS?" },
  ],
  needs: { confluence: "if configured", database: "write", out: false, native: false },
  prepare: () => import("./prepare.ts"),
} as const satisfies Command;

/** What its action gets as options. */
export type DoctorOptions = OptionsOf<typeof command> & GlobalOptions;
