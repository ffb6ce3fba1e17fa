/** What others wrote and this program runs: pinned, listed, and under licences that may be passed on. */
import { assert, assertEquals } from "@std/assert";

interface Config {
  readonly imports: Readonly<Record<string, string>>;
  readonly tasks: Readonly<Record<string, { readonly command: string }>>;
  readonly lock: { readonly frozen: boolean };
}

interface Lock {
  readonly npm: Readonly<Record<string, { readonly integrity?: string }>>;
}

const FREE = ["MIT", "ISC", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "0BSD", "CC0-1.0"];

const config: Config = JSON.parse(await Deno.readTextFile("deno.json"));
const lock: Lock = JSON.parse(await Deno.readTextFile("deno.lock"));
const page = await Deno.readTextFile(".github/DEPENDENCIES.md");
/** The cells of the page's tables, without head and rule. */
const rows = page.split("\n").filter((line) => /^\| [^-]/.test(line)).map((line) =>
  line.slice(1, -1).split("|").map((cell) => cell.replaceAll("`", "").trim())
);
const chosen = new Map(
  rows.filter((cells) => cells.length === 5).map((
    [name, version, licence],
  ) => [name!, { version, licence: licence! }]),
);
const brought = rows.filter((cells) => cells.length === 2).slice(1);

/** Name and version of every npm package that `deno.json` asks for, in imports and in tasks. */
function asked(): Map<string, string> {
  const texts = [
    ...Object.values(config.imports),
    ...Object.values(config.tasks).map(({ command }) => command),
  ];
  const found = texts.flatMap((text) => [...text.matchAll(/npm:((?:@[^/\s]+\/)?[^@/\s]+)@([^/\s"]+)/g)]);
  return new Map(found.map((match) => [match[1]!, match[2]!]));
}

Deno.test("every npm package that deno.json asks for is pinned, and listed with its version and licence", () => {
  for (const [name, version] of asked()) {
    assert(/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version), `${name}@${version} is not one version`);
    assertEquals(chosen.get(name)?.version, version, name);
  }
  chosen.delete("package");
  assertEquals([...chosen.keys()].filter((name) => !asked().has(name)), [], "listed and not in use");
  const unpinned = [...Object.values(config.imports)].filter((target) =>
    /^npm:(@[^/]+\/)?[^@]+$/.test(target) || /^(jsr|https?):/.test(target)
  );
  assertEquals(unpinned, []);
});

Deno.test("every package in the lock file is listed, has its hash, and nothing else is listed", () => {
  assertEquals(config.lock.frozen, true);
  const names = new Set(Object.keys(lock.npm).map((key) => /^(@?[^@]+)@/.exec(key)![1]!));
  const listed = [...chosen.keys(), ...brought.flatMap(([, cell]) => cell!.split(", "))];
  const covers = (entry: string, name: string) =>
    entry.endsWith("/*") ? name.startsWith(entry.slice(0, -1)) : entry === name;
  assertEquals([...names].filter((name) => !listed.some((entry) => covers(entry, name))), [], "not listed");
  assertEquals(
    listed.filter((entry) => ![...names].some((name) => covers(entry, name))),
    [],
    "listed and gone",
  );
  assertEquals(
    Object.entries(lock.npm).filter(([, { integrity }]) => !/^sha512-/.test(integrity ?? "")).map(([key]) =>
      key
    ),
    [],
  );
});

Deno.test("every licence lets the program be passed on", () => {
  const licences = [
    ...[...chosen.values()].map(({ licence }) => licence),
    ...brought.map(([licence]) => licence!),
  ];
  assert(licences.length > chosen.size);
  assertEquals(licences.filter((licence) => !FREE.includes(licence) && licence !== "licence"), []);
});
