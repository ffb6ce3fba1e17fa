/**
 * How the real command does at size: `deno task bench:size [PAGES]`, a million where nothing is said, in 200 spaces. Memory while it runs,
 * time for each part, the database's size, and what asking costs afterwards.
 */
import { fromFileUrl } from "@std/path";
import { TextLineStream } from "@std/streams/text-line-stream";
import config from "../../deno.json" with { type: "json" };
import { withTempDir } from "../support/temp_dir.ts";
import { program } from "./processes.ts";
import type { SizePlan } from "./size_site_program.ts";
import { print } from "./table.ts";

const SPACES = 200;
const PARTS = 10;

interface Sample {
  readonly pages: number;
  readonly ms: number;
  readonly memory: number;
  readonly disk: number;
}

async function main(pages: number): Promise<void> {
  const pagesPerSpace = Math.ceil(pages / SPACES);
  const total = pagesPerSpace * SPACES;
  const plan: SizePlan = { spaces: SPACES, pagesPerSpace, every: Math.max(1, Math.floor(total / PARTS)) };
  const { os, arch } = Deno.build;
  await print(`Deno ${Deno.version.deno}, ${os} ${arch}, ${navigator.hardwareConcurrency} cores\n`);
  await print(`${total.toLocaleString("en")} pages of 300 characters in ${SPACES} spaces\n\n`);
  await withTempDir(async (dir) => {
    const site = new Deno.Command("deno", {
      args: ["run", "--quiet", "-P=bench", program("size_site_program.ts"), JSON.stringify(plan)],
      stdin: "piped",
      stdout: "piped",
      stderr: "inherit",
    }).spawn();
    const lines = linesOf(site.stdout).getReader();
    const baseUrl = (await lines.read()).value!;
    try {
      await measure(baseUrl, lines, dir);
    } finally {
      await site.stdin.close();
      await lines.cancel();
      await site.status;
    }
  });
}

async function measure(
  baseUrl: string,
  lines: ReadableStreamDefaultReader<string>,
  dir: string,
): Promise<void> {
  const db = `${dir}/index.db`;
  const samples: Sample[] = [];
  let memory = 0;
  const start = performance.now();
  const run = command(["ingest", "--all-spaces", "--rps", "1000", "--quiet"], baseUrl, dir, (mb) => {
    memory = mb;
  });
  void (async () => {
    for (let line = await lines.read(); !line.done; line = await lines.read()) {
      samples.push({
        pages: Number(line.value),
        ms: performance.now() - start,
        memory,
        disk: await diskOf(db),
      });
    }
  })();
  const first = await run;
  // Those of later commands are not of this one.
  const steps = samples.slice();
  await print(`      pages   seconds  this part    memory  database\n`);
  let before = 0;
  for (const step of steps) {
    await print(
      `${step.pages.toLocaleString("en").padStart(11)}  ${seconds(step.ms).padStart(8)}  ${
        seconds(step.ms - before).padStart(9)
      }  ${`${step.memory} MB`.padStart(8)}  ${megabytes(step.disk).padStart(8)}\n`,
    );
    before = step.ms;
  }
  const pages = await command(
    ["query", "SELECT count(*) FROM current_pages", "--format", "csv"],
    baseUrl,
    dir,
  );
  await print(
    `\ningest                ${seconds(first.ms)} s, peak ${first.peak} MB, ${
      pages.stdout.trim().split(/\s+/).at(-1)
    } pages\n` +
      `database              ${megabytes(await diskOf(db))}\n`,
  );
  for (
    const [what, args] of [
      ["ingest, nothing new", ["ingest", "--rps", "1000", "--quiet"]],
      ["plan", ["plan", "--rps", "1000"]],
      ["status", ["status"]],
      ["search", ["search", "harbour invoice"]],
      ["query by title", [
        "query",
        "SELECT id FROM current_pages WHERE space_key = 'S7' AND title = 'Page 10035001'",
      ]],
    ] as const
  ) {
    const { ms, peak } = await command(args, baseUrl, dir);
    await print(`${what.padEnd(20)}  ${seconds(ms)} s, peak ${peak} MB\n`);
  }
}

/** Runs the real command as its task does. */
async function command(
  args: readonly string[],
  baseUrl: string,
  dir: string,
  onMemory: (mb: number) => void = () => {},
): Promise<{ ms: number; peak: number; stdout: string }> {
  const task = config.tasks[args[0] as "ingest"].command.split(" ");
  const main = task.findIndex((part) => part.endsWith(".ts"));
  const child = new Deno.Command(task[0]!, {
    args: [
      ...task.slice(1, 2),
      "--quiet",
      "--preload",
      program("memory_preload.ts"),
      ...task.slice(2, main),
      fromFileUrl(import.meta.resolve(`../../${task[main]}`)),
      ...args,
      ...["--db", `file:${dir}/index.db`],
      ...(args[0] === "ingest" ? ["--out", dir] : []),
    ],
    env: {
      CONFLUENCE_BASE_URL: baseUrl,
      CONFLUENCE_EMAIL: "ana@example.com",
      CONFLUENCE_API_TOKEN: "test-token-ana",
    },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const start = performance.now();
  let peak = 0;
  const said: string[] = [];
  const talk = (async () => {
    for await (const line of linesOf(child.stderr)) {
      const [, kind, mb] = /^(memory|peak) (\d+)$/.exec(line) ?? [];
      if (kind === "memory") onMemory(Number(mb));
      else if (kind === "peak") peak = Number(mb);
      else said.push(line);
    }
  })();
  const stdout = await new Response(child.stdout).text();
  const { success } = await child.status;
  const ms = performance.now() - start;
  await talk;
  if (!success) throw new Error(`Cannot measure: ${args[0]} failed\n${said.join("\n")}`);
  return { ms, peak, stdout };
}

function linesOf(stream: ReadableStream<Uint8Array<ArrayBuffer>>): ReadableStream<string> {
  return stream.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream());
}

async function diskOf(db: string): Promise<number> {
  let bytes = 0;
  for (const end of ["", "-wal"]) bytes += await Deno.stat(db + end).then(({ size }) => size, () => 0);
  return bytes;
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(1);
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(0)} MB`;
}

await main(Number(Deno.args[0] ?? 1_000_000));
