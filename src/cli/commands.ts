import type { Command } from "./command.ts";
import { command as backup } from "./backup/command.ts";
import { command as configure } from "./configure/command.ts";
import { command as diff } from "./diff/command.ts";
import { command as doctor } from "./doctor/command.ts";
import { command as exportCommand } from "./export/command.ts";
import { command as ingest } from "./ingest/command.ts";
import { command as plan } from "./plan/command.ts";
import { command as prune } from "./prune/command.ts";
import { command as query } from "./query/command.ts";
import { command as reconvert } from "./reconvert/command.ts";
import { command as run } from "./run/command.ts";
import { command as search } from "./search/command.ts";
import { command as status } from "./status/command.ts";

/** Every command, in the order of help. Their actions are found by name in `actions.ts`. */
export const COMMANDS: readonly Command[] = [
  configure,
  ingest,
  plan,
  exportCommand,
  query,
  search,
  status,
  diff,
  doctor,
  reconvert,
  backup,
  prune,
  run,
];
