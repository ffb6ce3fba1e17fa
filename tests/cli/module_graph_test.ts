import { assert, assertEquals } from "@std/assert";
import { fromFileUrl } from "@std/path";

interface Dependency {
  /** Missing where only types are imported. */
  readonly code?: { readonly specifier?: string };
}

interface Info {
  readonly roots: readonly string[];
  readonly modules: readonly { readonly specifier: string; readonly dependencies?: readonly Dependency[] }[];
}

/** Everything a module loads, now or by a later `import()`, as specifiers; what only gives types is left out. */
async function loadedBy(module: string): Promise<string[]> {
  const root = fromFileUrl(new URL("../../", import.meta.url));
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", module],
    cwd: root,
    stderr: "null",
  }).output();
  assert(success);
  const info: Info = JSON.parse(new TextDecoder().decode(stdout));
  const byName = new Map(info.modules.map((one) => [one.specifier, one]));
  const seen = new Set<string>(info.roots);
  for (const specifier of seen) {
    for (const { code } of byName.get(specifier)?.dependencies ?? []) {
      if (code?.specifier !== undefined) seen.add(code.specifier);
    }
  }
  return [...seen];
}

/** Names of npm packages among specifiers. */
function packagesOf(specifiers: readonly string[]): string[] {
  const names = specifiers.map((specifier) => /^npm:\/?((?:@[^/]+\/)?[^/@]+)/.exec(specifier)?.[1]);
  return [...new Set(names.filter((name) => name !== undefined))].sort();
}

Deno.test("main.ts loads neither database nor schemas nor actions, at once or later", async () => {
  const loaded = await loadedBy("src/cli/main.ts");
  assertEquals(packagesOf(loaded), ["deno-std"]);
  const folders = loaded.flatMap((specifier) => /\/src\/(\w+)\//.exec(specifier)?.[1] ?? []);
  assertEquals([...new Set(folders)], ["cli"]);
  assertEquals(loaded.filter((specifier) => /\/(action|worker|io|actions)\.ts$/.test(specifier)), []);
});

Deno.test("worker.ts reaches the action of every command", async () => {
  const loaded = await loadedBy("src/cli/worker.ts");
  for (const name of ["ingest", "export", "query", "run"]) {
    assert(loaded.some((specifier) => specifier.endsWith(`/src/cli/${name}/action.ts`)), name);
  }
});

Deno.test("query loads none of the packages that only writing needs", async () => {
  const loaded = await loadedBy("src/cli/query/action.ts");
  assertEquals(packagesOf(loaded), ["@libsql/client", "deno-std"]);
  assertEquals(
    loaded.filter((specifier) => specifier.includes("@libsql")).map((name) => name.split("/").at(-1)),
    // The other door is for --replica, and is opened for that alone.
    ["web", "client@0.18.0"],
  );
});
