import { assertEquals } from "@std/assert";
import { writeStateArtifacts } from "../../src/export/mod.ts";
import { openDatabase } from "../../src/database/mod.ts";
import { noSqld, startSqld } from "../support/sqld.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { putPages } from "./support.ts";

const BODY = "x".repeat(400_000);

Deno.test({
  name: `writeStateArtifacts() reads bodies from a server in answers that it gives${
    noSqld === undefined ? "" : ` (${noSqld})`
  }`,
  ignore: noSqld !== undefined,
  fn: () =>
    withTempDir(async (dir) => {
      await using server = await startSqld();
      await using database = await openDatabase(server.url);
      // Together more than twice of what the server gives at once.
      await putPages(
        database,
        Array.from({ length: 60 }, (_, n) => ({ id: String(n), title: "T", body: BODY })),
      );
      const { folder, files } = await writeStateArtifacts(database, dir, { with: ["text"] });
      assertEquals(files.find(({ name }) => name === "confluence.ndjson")?.lines, 60);
      const text = await Deno.readTextFile(`${folder}/confluence.ndjson`);
      assertEquals(new Set(text.trimEnd().split("\n").map((line) => JSON.parse(line).id)).size, 60);
    }),
});
