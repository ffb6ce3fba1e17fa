import type { Command } from "../command.ts";

/** `configure`, declared. */
export const command = {
  name: "configure",
  summary: "Ask for site, e-mail and token, check them, and write .env",
  description:
    "Asks for your site (the address of any page will do), your e-mail and an API token, which is not shown. Checks them against the " +
    "site, finds the cloud id that a scoped token needs, and writes them to the file .env in this folder, which only you can read. " +
    "What else stands in that file stays; what would be replaced is asked for first. Nothing is written unless the site knows the " +
    "credentials.",
  options: [],
  examples: [{ command: "confluence-index configure", what: "Set everything up" }],
  needs: { confluence: true, database: "none", out: false, native: false, dotEnv: true },
  prepare: () => import("./prepare.ts"),
} as const satisfies Command;
