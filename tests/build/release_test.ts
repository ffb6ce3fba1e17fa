/** The release workflow, as far as its text tells. */
import { assertEquals, assertMatch } from "@std/assert";
import { fileName, isBuildable, TARGETS } from "../../src/build/targets.ts";
import { ROOT } from "./alone.ts";

const workflow = await Deno.readTextFile(`${ROOT}/.github/workflows/release.yml`);

Deno.test("the release workflow proves every file that --all makes", () => {
  const proven = [...workflow.matchAll(/file: (confluence-index-[\w.-]+)/g)].map((match) => match[1]!);
  assertEquals(proven, TARGETS.filter(isBuildable).map((target) => fileName(target, true)));
});

Deno.test("the release workflow pins its actions and may write in its last step only", () => {
  const uses = [...workflow.matchAll(/uses: (.*)/g)].map((match) => match[1]!);
  for (const action of uses) assertMatch(action, /^actions\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/);
  const permissions = [...workflow.matchAll(/permissions:\n\s+(.*)/g)].map((match) => match[1]);
  assertEquals(permissions, ["contents: read", "contents: write"]);
  assertEquals(workflow.indexOf("contents: write") > workflow.indexOf("\n  release:"), true);
});

Deno.test("the release workflow takes the Deno that .ci/run takes", async () => {
  const gate = await Deno.readTextFile(`${ROOT}/.ci/run`);
  const versions = [...(gate + workflow).matchAll(/deno@([\d.]+)/g)].map((match) => match[1]);
  assertEquals(new Set(versions).size, 1, versions.join());
});
