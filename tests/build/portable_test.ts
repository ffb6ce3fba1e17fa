/** The portable file, run as somebody who has nothing else. */
import { assert, assertEquals, assertMatch, assertStringIncludes } from "@std/assert";
import { join } from "@std/path";
import { type AloneOptions, type AloneResult, Place, ROOT } from "./alone.ts";
import { type Built, runCompile } from "./built.ts";
import { doWholeJob } from "./whole_job.ts";

const ignore = Deno.build.os === "windows";
const skipped = ignore ? " (skipped: it needs a POSIX shell)" : "";

/** What `id -u` says; null where there is none. */
const uid = ignore ? null : Number(
  new TextDecoder().decode(new Deno.Command("id", { args: ["-u"], stdout: "piped" }).outputSync().stdout),
);

let built: Built;
/** Unpacked once, for the tests that only use it. */
let shared: Place;
let file: string;

if (!ignore) {
  Deno.test.beforeAll(async () => {
    built = await runCompile(["--portable", "--quick"]);
    if (built.code !== 0) throw new Error(built.stderr);
    shared = await Place.make();
    file = join(shared.folder, "confluence-index");
    await Deno.copyFile(join(built.out, "confluence-index"), file);
  });
  Deno.test.afterAll(async () => {
    await shared[Symbol.asyncDispose]();
    await Deno.remove(built.out, { recursive: true });
  });
}

function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name: `the portable file ${name}${skipped}`, ignore, fn });
}

/** Runs `--version`, which is the cheapest thing that runs the program. */
function version(place: Place, options: AloneOptions = {}): Promise<AloneResult> {
  return place.run(file, ["--version"], options);
}

function assertWorks(result: AloneResult, message?: string): void {
  assertEquals(result.code, 0, message ?? result.stderr);
  assertMatch(result.stdout, /^confluence-index \S+ \(portable, /);
}

function assertRefused(result: AloneResult, finding: string): void {
  assertEquals([result.code, result.stdout], [2, ""]);
  assertStringIncludes(result.stderr, "error[files]: Cannot start confluence-index: ");
  assertStringIncludes(result.stderr, finding);
  assertStringIncludes(result.stderr, "\nhint: ");
}

async function names(folder: string): Promise<string[]> {
  return (await Array.fromAsync(Deno.readDir(folder))).map(({ name }) => name).sort();
}

/** The folder of the one version in a cache. */
async function versionFolder(cache: string): Promise<string> {
  const all = await names(cache);
  assertEquals(all.length, 1, `one version and nothing half done: ${all}`);
  return join(cache, all[0]!);
}

test("is one file with its checksum beside, and the task says what it made", async () => {
  assertEquals([built.code, await names(built.out)], [0, ["SHA256SUMS", "confluence-index"]]);
  const bytes = await Deno.readFile(join(built.out, "confluence-index"));
  const hash = new Uint8Array(await crypto.subtle.digest("SHA-256", bytes)).toHex();
  assertEquals(await Deno.readTextFile(join(built.out, "SHA256SUMS")), `${hash}  confluence-index\n`);
  assertStringIncludes(built.stdout, `confluence-index  portable  `);
  assertStringIncludes(built.stdout, hash);
});

test("asks for what the tasks may touch and for nothing else", async () => {
  const launcher = new TextDecoder().decode((await Deno.readFile(file)).subarray(0, 16_384));
  const flags = /program\/deno" run (.*) "\$ci_dir\/program\/main\.js"/.exec(launcher)![1]!.split(" ");
  const { permissions } = JSON.parse(await Deno.readTextFile(join(ROOT, "deno.json")));
  const granted = Object.entries(permissions.cli as Record<string, true | string[]>).map(([kind, what]) =>
    what === true ? `--allow-${kind}` : `--allow-${kind}=${what.join(",")}`
  );
  assertEquals(flags.filter((flag) => /^(-A|-P|--allow)/.test(flag)).sort(), granted.sort());
  for (const flag of ["--no-prompt", "--no-config", "--no-remote", "--deny-import"]) {
    assert(flags.includes(flag));
  }
});

test("does the whole job alone, with the base tools in PATH and nothing else", async () => {
  await doWholeJob(shared, file, "portable");
  const folder = await versionFolder(shared.cache);
  const { mode } = await Deno.stat(shared.cache);
  assertEquals(mode! & 0o077, 0, "private to the user");
  assertEquals(await names(join(folder, "program", "node_modules", "@libsql")).then((all) => all.length), 1);
});

test("works under another name, from another place, through PATH, a link and sh", async () => {
  await version(shared);
  const folder = join(shared.folder, "a b; c");
  await Deno.mkdir(folder);
  const renamed = join(folder, "wiki 'copy'");
  await Deno.copyFile(file, renamed);
  assertWorks(await shared.run(renamed, ["--version"]));
  await Deno.symlink(renamed, join(shared.tools, "wiki"));
  assertWorks(await shared.run("sh", ["-c", "wiki --version"]));
  assertWorks(await shared.run("sh", [renamed, "--version"]));
  assertEquals((await names(shared.cache)).length, 1, "one program, one version");
  await Deno.remove(join(shared.tools, "wiki"));
});

test("runs from a folder and in a folder that cannot be written to", async () => {
  const folder = join(shared.folder, "read-only");
  await Deno.mkdir(folder);
  const copy = join(folder, "confluence-index");
  await Deno.copyFile(file, copy);
  await Deno.chmod(folder, 0o500);
  try {
    assertWorks(await shared.run(copy, ["--version"], { cwd: folder }));
    // To root it is not read-only; then this says that nothing was written all the same.
    assertEquals(await names(folder), ["confluence-index"]);
  } finally {
    await Deno.chmod(folder, 0o700);
  }
});

test("lets no file around it, and no setting of Deno or Node, change what it runs", async () => {
  await using place = await Place.make();
  // Its own cache, below a home full of other people's configuration.
  await Deno.mkdir(join(place.home, ".cache"), { mode: 0o700 });
  await Deno.rename(shared.cache, place.cache);
  try {
    const addon =
      (await names(join(await versionFolder(place.cache), "program", "node_modules", "@libsql")))[0]!;
    for (const folder of [place.home, join(place.home, ".cache"), place.work]) {
      for (const name of ["deno.json", "deno.lock", "package.json", ".npmrc"]) {
        await Deno.writeTextFile(join(folder, name), "{ not even JSON");
      }
    }
    const planted = join(place.work, "node_modules", "@libsql", addon);
    await Deno.mkdir(planted, { recursive: true });
    await Deno.writeTextFile(join(planted, "index.node"), "not an addon");
    const env = { DENO_DIR: join(place.work, "elsewhere"), NODE_OPTIONS: "--require=./planted.js" };
    assertWorks(await version(place, { env }));
    const before = await names(place.work);
    const query = await place.run(file, ["query", "--db", "none.db", "SELECT 1"], { env });
    assertEquals(query.code, 2);
    assertStringIncludes(query.stderr, "there is no such file");
    assertEquals(await names(place.work), before);
  } finally {
    await Deno.rename(place.cache, shared.cache);
  }
});

test("passes on arguments, standard input, exit codes and signals", async () => {
  const usage = await shared.run(file, ["query", "--no such", "*", ""]);
  assertEquals(usage.code, 2);
  assertStringIncludes(usage.stderr, "error[usage]");

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    const asked = Promise.withResolvers<void>();
    const hung = Promise.withResolvers<Response>();
    const server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => {
      asked.resolve();
      return hung.promise;
    });
    const child = shared.start(file, ["ingest", "--space", "DOCS"], {
      env: {
        CONFLUENCE_BASE_URL: `http://127.0.0.1:${server.addr.port}/wiki`,
        CONFLUENCE_EMAIL: "ana@example.com",
        CONFLUENCE_API_TOKEN: "test-token-ana",
      },
    });
    const ended = child.output();
    const running = await Promise.race([asked.promise.then(() => true), ended.then(() => false)]);
    // To the process that was started: the launcher must have become the program.
    if (running) child.kill(signal);
    const { code, stderr } = await ended;
    hung.resolve(new Response());
    await server.shutdown();
    assertEquals(code, 130, new TextDecoder().decode(stderr));
  }
});

test("unpacks once when three start at the same time for the first time", async () => {
  await using place = await Place.make();
  for (const result of await Promise.all([version(place), version(place), version(place)])) {
    assertWorks(result);
    assertEquals(result.stderr, "");
  }
  const folder = await versionFolder(place.cache);
  assertEquals((await names(folder)).filter((name) => name.startsWith(".")), []);
  const { ino } = await Deno.stat(folder);
  assertWorks(await version(place));
  assertEquals((await Deno.stat(folder)).ino, ino, "a later start unpacks nothing");
});

test("notices what was changed in its cache, and unpacks again", async () => {
  await using place = await Place.make();
  assertWorks(await version(place));
  const folder = await versionFolder(place.cache);
  const program = join(folder, "program");

  const main = join(program, "main.js");
  const good = await Deno.readTextFile(main);
  const { mtime } = await Deno.stat(main);
  // As long as before, and as old.
  await Deno.writeTextFile(main, good.replace("confluence-index ", "confluence-INDEX "));
  await Deno.utime(main, mtime!, mtime!);
  const changed = await version(place);
  assertWorks(changed, "the changed program did not run");
  assertStringIncludes(changed.stderr, "was changed since; unpacking it again");
  assertEquals(await Deno.readTextFile(main), good);

  const addon = (await names(join(program, "node_modules", "@libsql")))[0]!;
  const native = join(program, "node_modules", "@libsql", addon, "index.node");
  await Deno.rename(native, join(place.folder, "index.node"));
  await Deno.symlink(join(place.folder, "index.node"), native);
  await Deno.writeTextFile(join(program, "package.json"), "{}");
  assertStringIncludes((await version(place)).stderr, "was changed since; unpacking it again");
  assert((await Deno.lstat(native)).isFile);
  assert(!(await names(program)).includes("package.json"));
  assertEquals((await version(place)).stderr, "");
  await versionFolder(place.cache);
});

test("makes do with a find that knows no -cnewer", async () => {
  await using place = await Place.make();
  const real = await Deno.readLink(join(place.tools, "find"));
  await Deno.remove(join(place.tools, "find"));
  const script = `#!/bin/sh\ncase " $* " in *" -cnewer "*) exit 1 ;; esac\nexec ${real} "$@"\n`;
  await Deno.writeTextFile(join(place.tools, "find"), script, { mode: 0o755 });
  assertWorks(await version(place));
  const folder = await versionFolder(place.cache);
  const { ino } = await Deno.stat(folder);
  assertWorks(await version(place));
  assertEquals((await Deno.stat(folder)).ino, ino, "a later start unpacks nothing");
  await Deno.writeTextFile(join(folder, "program", "worker.js"), "");
  assertStringIncludes((await version(place)).stderr, "was changed since; unpacking it again");
});

test("is content with a cache that was touched but not changed", async () => {
  assertWorks(await version(shared));
  const folder = await versionFolder(shared.cache);
  await Deno.utime(join(folder, "program", "main.js"), new Date(), new Date());
  const { ino } = await Deno.stat(folder);
  for (const result of [await version(shared), await version(shared)]) {
    assertWorks(result);
    assertEquals([result.stderr, (await Deno.stat(folder)).ino], ["", ino]);
  }
});

test("refuses a cache that others made or can write to, and unpacks nothing there", async () => {
  await using place = await Place.make();
  const cache = join(place.home, ".cache");
  await Deno.mkdir(cache, { mode: 0o700 });
  const elsewhere = join(place.folder, "elsewhere");
  await Deno.mkdir(elsewhere);
  await Deno.symlink(elsewhere, place.cache);
  assertRefused(await version(place), `${place.cache} is a symbolic link`);
  assertEquals(await names(elsewhere), []);

  await Deno.remove(place.cache);
  await Deno.writeTextFile(place.cache, "");
  assertRefused(await version(place), `${place.cache} is not a folder`);

  await Deno.remove(place.cache);
  await Deno.mkdir(place.cache);
  for (const mode of [0o777, 0o770, 0o1777]) {
    await Deno.chmod(place.cache, mode);
    assertRefused(await version(place), `others may write to ${place.cache}`);
  }
  await Deno.chmod(place.cache, 0o700);

  await Deno.chmod(cache, 0o777);
  assertRefused(await version(place), `everybody may exchange what is in ${cache}`);
  assertEquals(await names(place.cache), []);
  await Deno.chmod(cache, 0o700);
});

const notRoot = ignore || uid !== 0;
Deno.test({
  name: `the portable file refuses a cache that belongs to somebody else${
    notRoot ? " (skipped: only root can give a folder away)" : ""
  }`,
  ignore: notRoot,
  async fn() {
    await using place = await Place.make();
    await Deno.mkdir(place.cache, { recursive: true });
    await Deno.chown(place.cache, 12_345, 12_345);
    assertRefused(await version(place), `${place.cache} belongs to somebody else`);
    await Deno.chown(place.cache, 0, 0);
    await Deno.chown(join(place.home, ".cache"), 12_345, 12_345);
    assertRefused(await version(place), `${join(place.home, ".cache")} belongs to somebody else`);
  },
});

test("takes XDG_CACHE_HOME, else HOME, else TMPDIR, whichever can be written to", async () => {
  await using place = await Place.make();
  const folder = (name: string) => join(place.folder, name);
  assertWorks(await version(shared));
  await Deno.rename(shared.cache, folder("kept"));
  try {
    // Where the unpacked program lies is where it is taken from; nothing is unpacked anew.
    for (
      const [env, cache] of [
        [{ XDG_CACHE_HOME: folder("xdg") }, join(folder("xdg"), "confluence-index")],
        [{ XDG_CACHE_HOME: "relative" }, place.cache],
        [{ HOME: undefined, TMPDIR: folder("tmp") }, join(folder("tmp"), `confluence-index-${uid}`)],
        [{ HOME: "/dev/null", TMPDIR: folder("tmp") }, join(folder("tmp"), `confluence-index-${uid}`)],
      ] as const
    ) {
      await Deno.mkdir(join(cache, ".."), { recursive: true, mode: 0o700 });
      await Deno.rename(folder("kept"), cache);
      try {
        assertWorks(await version(place, { env }), JSON.stringify(env));
        await versionFolder(cache);
      } finally {
        await Deno.rename(cache, folder("kept"));
      }
    }
    assertEquals(await names(place.work), []);
  } finally {
    await Deno.rename(folder("kept"), shared.cache);
  }
});

test("falls back to TMPDIR where HOME cannot hold a cache, and unpacks there", async () => {
  await using place = await Place.make();
  const tmp = join(place.folder, "tmp");
  await Deno.mkdir(tmp, { mode: 0o700 });
  assertWorks(await version(place, { env: { HOME: "/dev/null", TMPDIR: tmp } }));
  await versionFolder(join(tmp, `confluence-index-${uid}`));
});

test("refuses to run what is damaged, and leaves nothing behind", async () => {
  await using place = await Place.make();
  const bytes = await Deno.readFile(file);
  const flipped = bytes.slice();
  flipped[flipped.length >> 1]! ^= 1;
  for (const damaged of [bytes.subarray(0, bytes.length - 100_000), flipped]) {
    const copy = join(place.folder, "damaged");
    await Deno.writeFile(copy, damaged, { mode: 0o755 });
    const refused = await place.run(copy, ["--version"]);
    assertRefused(refused, "is not what was packed");
    assertEquals(refused.stderr.trim().split("\n").length, 2, "no talk of tar and gzip");
    assertEquals(await names(place.cache), []);
  }
});

test("refuses to unpack on a system it was not made for", async () => {
  await using place = await Place.make();
  await Deno.remove(join(place.tools, "uname"));
  await Deno.writeTextFile(join(place.tools, "uname"), "#!/bin/sh\necho Plan9 mips\n", { mode: 0o755 });
  assertRefused(await version(place), "and this is Plan9 mips");
});

test("sweeps up after killed starts and long unused versions when it unpacks", async () => {
  await using place = await Place.make();
  const long = new Date(Date.UTC(2020, 0));
  const old = join(place.cache, "0".repeat(64));
  const recent = join(place.cache, "1".repeat(64));
  for (const folder of [old, recent]) {
    await Deno.mkdir(join(folder, "program"), { recursive: true, mode: 0o700 });
    await Deno.writeTextFile(join(folder, "program", "main.js"), "");
  }
  await Deno.utime(join(old, "program", "main.js"), long, long);
  for (const name of [".unpack.1", ".unpack.2"]) await Deno.mkdir(join(place.cache, name));
  await Deno.utime(join(place.cache, ".unpack.1"), long, long);
  await Deno.chmod(place.cache, 0o700);
  assertWorks(await version(place));
  const left = await names(place.cache);
  assertEquals(left.length, 3);
  assert(left.includes(".unpack.2") && left.includes("1".repeat(64)), left.join());
});
