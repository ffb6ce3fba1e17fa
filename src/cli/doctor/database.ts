import { ConfluenceIndexError } from "../../errors.ts";
import { examineDatabase, proveWritable } from "../../query/mod.ts";
import type { Config } from "../config.ts";
import { databaseOptions } from "../database_options.ts";
import { type Check, failed, findingOf, limited, ok } from "./check.ts";

const ELSEWHERE = "Name another file with --db, or move this one away and ingest again.";

/** Whether the index is there, of this program's making, sound, and open to writing. */
export async function checkDatabase(config: Config): Promise<Check> {
  const name = "index";
  const url = config.databaseUrl!;
  const options = databaseOptions(config);
  if (url === ":memory:") {
    return limited(name, "it is kept in memory and gone when a command ends", "Name a file with --db.");
  }
  try {
    const { schema, damage } = await examineDatabase(url, options);
    if (damage !== null) {
      return failed(
        name,
        `${url} is damaged: ${damage}`,
        "Restore it from a backup, or move it away and ingest again.",
      );
    }
    if (schema === "newer") {
      return failed(name, `${url} was made by a newer program`, "Upgrade confluence-index.");
    }
    if (schema === "foreign") return failed(name, `${url} holds another program's tables`, ELSEWHERE);
    await proveWritable(url, options);
    if (schema === "older") {
      return limited(
        name,
        `${url} was made by an older program`,
        "Run ingest: it brings the index up to date.",
      );
    }
    return ok(
      name,
      schema === "empty"
        ? `${url} is empty so far, and can be written`
        : `${url} is up to date, ${url.startsWith("file:") ? "intact, " : ""}and can be written`,
    );
  } catch (error) {
    if (!(error instanceof ConfluenceIndexError)) throw error;
    if (/there is no such file/.test(error.message)) {
      return ok(name, `${url} is not there yet; ingest makes it`);
    }
    if (error.code === "locked") {
      return limited(name, findingOf(error), error.hint ?? "Run doctor again later.");
    }
    return failed(name, findingOf(error), error.hint ?? ELSEWHERE);
  }
}
