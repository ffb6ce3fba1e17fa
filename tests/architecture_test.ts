/** The rules of `.github/ARCHITECTURE.md`, checked on the source text. */
import { assertEquals } from "@std/assert";
import { dirname, join, relative } from "@std/path";

const MAY_IMPORT: Readonly<Record<string, readonly string[]>> = {
  model: [],
  content: ["model"],
  confluence: ["model"],
  database: ["model"],
  sync: ["model", "content", "confluence", "database"],
  query: ["model", "content", "database"],
  // CSV is one form, wherever it comes from.
  export: ["model", "content", "database", "query"],
  cli: ["model", "content", "confluence", "database", "sync", "query", "export"],
  // Makes the binary; no part of it.
  build: [],
};

/**
 * Second doors: reading must not load the native addon, which `database/mod.ts` does, nor asking the converter, nor what compares
 * texts.
 */
const DOORS = ["database/reader.ts", "content/words.ts", "query/page_diff.ts"];

const TOP_LEVEL = [
  ".ci",
  ".env.example",
  ".git",
  ".github",
  ".gitignore",
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "deno.json",
  "deno.lock",
  "fixtures",
  "migrations",
  "src",
  "tests",
];

/** What git ignores may lie about. */
const IGNORED = ["var", "dist", "coverage", "node_modules", ".env"];

interface Source {
  readonly path: string;
  readonly folder: string;
  readonly code: string;
  readonly imports: readonly string[];
}

async function* walk(folder: string): AsyncGenerator<string> {
  for await (const entry of Deno.readDir(folder)) {
    const path = join(folder, entry.name);
    if (entry.isDirectory) yield* walk(path);
    else if (path.endsWith(".ts")) yield path;
  }
}

async function readSources(): Promise<Source[]> {
  const sources: Source[] = [];
  for await (const path of walk("src")) {
    const text = await Deno.readTextFile(path);
    // Comments may name what code may not.
    const code = text.replace(/\/\*[\s\S]*?\*\//g, "").replace(/^\s*\/\/.*$/gm, "");
    const imports = [...code.matchAll(/(?:from|import)\s*\(?\s*"([^"]+)"/g)].map((match) => match[1]!);
    const [, folder = ""] = relative(".", path).split("/");
    sources.push({ path, folder: folder.endsWith(".ts") ? "" : folder, code, imports });
  }
  return sources;
}

const sources = await readSources();

/** Paths of the sources for which `broken` finds something, with what it found. */
function offenders(broken: (source: Source) => readonly string[]): string[] {
  return sources.flatMap((source) => broken(source).map((what) => `${source.path}: ${what}`)).sort();
}

function inSource(source: Source, specifier: string): string | undefined {
  if (!specifier.startsWith(".")) return undefined;
  const target = relative("src", join(dirname(source.path), specifier));
  return target.startsWith("..") ? undefined : target;
}

Deno.test("every folder of src is known to the rules", () => {
  const folders = new Set(sources.map(({ folder }) => folder).filter((folder) => folder !== ""));
  assertEquals([...folders].filter((folder) => !(folder in MAY_IMPORT)), []);
});

Deno.test("folders import only what the table allows, and through mod.ts", () => {
  assertEquals(
    offenders((source) =>
      source.imports.flatMap((specifier) => {
        const target = inSource(source, specifier);
        if (target === undefined) return [];
        const folder = target.includes("/") ? target.split("/")[0]! : "";
        if (source.folder === "" || folder === source.folder || target === "errors.ts") return [];
        if (folder === "" || !MAY_IMPORT[source.folder]!.includes(folder)) return [`imports ${target}`];
        return target === `${folder}/mod.ts` || DOORS.includes(target)
          ? []
          : [`imports ${target}, not ${folder}/mod.ts`];
      })
    ),
    [],
  );
});

Deno.test("src/mod.ts takes only from doors, with named exports", () => {
  const door = sources.find(({ path }) => path === join("src", "mod.ts"))!;
  assertEquals(door.imports.filter((specifier) => !/^\.\/(errors\.ts|\w+\/mod\.ts)$/.test(specifier)), []);
  assertEquals(sources.filter(({ code }) => /export \* from/.test(code)).map(({ path }) => path), []);
});

Deno.test("only confluence/ fetches", () => {
  assertEquals(
    offenders((source) =>
      source.folder !== "confluence" && /\bfetch\(|\bnew WebSocket\b|Deno\.connect/.test(source.code)
        ? ["fetches"]
        : []
    ),
    [],
  );
});

Deno.test("only database/ knows SQL, drizzle and libsql", () => {
  const sql =
    /\b(SELECT\s[\s\S]*?\sFROM\s+\w|INSERT\s+(OR\s+\w+\s+)?INTO\s|DELETE\s+FROM\s+\w|UPDATE\s+\w+\s+SET\s|CREATE\s+(TABLE|VIEW|INDEX)\s)/;
  assertEquals(
    offenders((source) =>
      source.folder === "database" ? [] : [
        ...source.imports.filter((specifier) => /^(drizzle-orm|@libsql\/)/.test(specifier)).map((name) =>
          `imports ${name}`
        ),
        // Help shows people what a question looks like.
        ...source.folder !== "cli" && sql.test(source.code) ? ["holds SQL"] : [],
      ]
    ),
    [],
  );
});

Deno.test("only cli/ (and the build program) reads arguments and the environment, and prints", () => {
  assertEquals(
    offenders((source) =>
      source.folder !== "cli" && source.folder !== "build" &&
        /Deno\.(args|env|stdout|stderr|stdin)\b|\bconsole\./.test(source.code)
        ? ["does"]
        : []
    ),
    [],
  );
});

Deno.test("only build/ starts other programs, and only to build", () => {
  assertEquals(
    offenders((source) =>
      source.folder !== "build" && /Deno\.Command\b|child_process/.test(source.code) ? ["does"] : []
    ),
    [],
  );
});

Deno.test("only main.ts exits", () => {
  assertEquals(
    offenders((source) =>
      source.path !== join("src", "cli", "main.ts") && /Deno\.exit\b/.test(source.code) ? ["exits"] : []
    ),
    [],
  );
});

Deno.test("model/ and content/ are pure", () => {
  assertEquals(
    offenders((source) =>
      ["model", "content"].includes(source.folder) && /\bDeno\./.test(source.code) ? ["uses Deno"] : []
    ),
    [],
  );
});

Deno.test("the top level holds what the design names and no more", async () => {
  const names: string[] = [];
  for await (const { name } of Deno.readDir(".")) names.push(name);
  assertEquals(names.filter((name) => !TOP_LEVEL.includes(name) && !IGNORED.includes(name)).sort(), []);
  assertEquals(TOP_LEVEL.filter((name) => !names.includes(name) && name !== ".git"), []);
});

Deno.test("no machine path, registry host or credential stands in committed text", async () => {
  const listing = await new Deno.Command("git", { args: ["ls-files"], stdout: "piped" }).output();
  const files = new TextDecoder().decode(listing.stdout).split("\n").filter((path) =>
    /\.(ts|md|json|lock|yml|sql)$|run$/.test(path)
  );
  const found: string[] = [];
  for (const path of files) {
    if (path.startsWith("fixtures/") || path === "tests/architecture_test.ts") continue;
    const text = await Deno.readTextFile(path).catch(() => "");
    if (/\/(root|home)\/\w|registry\.npmjs|ATATT3/.test(text)) found.push(path);
  }
  assertEquals(found, []);
});
