/** The peak memory of the real command, as `deno task ingest` starts it. */
import { fromFileUrl } from "@std/path";
import config from "../../deno.json" with { type: "json" };
import { DEFAULT_ACCOUNT } from "../support/fake/options.ts";
import { withTempDir } from "../support/temp_dir.ts";
import { program } from "./processes.ts";
import { serveSite, spaces } from "./served_site.ts";
import { median, table } from "./table.ts";

const BODY = 8 * 1024;
const SMALL = 10_000;
const LARGE = 100_000;
const MOST = 250;

/** The part of the benchmark. */
export async function memoryTable(): Promise<string> {
  const small = await measure(SMALL, 3);
  const large = await measure(LARGE, 1);
  const line = (what: string, measured: number, against: number, aim: number) => ({
    what,
    measured: `${measured} MB`,
    against: `${against} MB`,
    ratio: measured / against,
    aim,
  });
  return table("Peak memory of deno task ingest, 8 spaces, pages of 8 KB, an attachment for every tenth", [
    line(`${LARGE.toLocaleString("en")} pages, against the most allowed`, large, MOST, 1),
    line(`the same, against ${SMALL.toLocaleString("en")} pages`, large, small, 1.2),
  ]);
}

async function measure(pages: number, rounds: number): Promise<number> {
  await using site = await serveSite({
    spaces: spaces(8, pages, pages / 10),
    bodyBytes: BODY,
    latencyMs: 0,
  });
  const peaks: number[] = [];
  for (let round = 0; round < rounds; round++) {
    peaks.push(await withTempDir((folder) => peakOf(site.baseUrl, folder)));
  }
  return median(peaks);
}

async function peakOf(baseUrl: string, folder: string): Promise<number> {
  const [deno, run, ...rest] = config.tasks.ingest.command.split(" ");
  const main = rest.findIndex((part) => part.endsWith(".ts"));
  // A process starts with the peak of the one that starts it: a shell in between has next to none.
  const { success, stderr } = await new Deno.Command("sh", {
    args: [
      "-c",
      '"$@"; exit $?',
      "sh",
      deno!,
      run!,
      "--quiet",
      "--preload",
      program("peak_preload.ts"),
      ...rest.slice(0, main),
      fromFileUrl(import.meta.resolve(`../../${rest[main]}`)),
      ...rest.slice(main + 1),
      ...["--all-spaces", "--rps", "1000", "--quiet", "--db", `file:${folder}/index.db`, "--out", folder],
    ],
    env: {
      CONFLUENCE_BASE_URL: baseUrl,
      CONFLUENCE_EMAIL: DEFAULT_ACCOUNT.email,
      CONFLUENCE_API_TOKEN: DEFAULT_ACCOUNT.token,
    },
    stdout: "null",
    stderr: "piped",
  }).output();
  const text = new TextDecoder().decode(stderr);
  if (!success) throw new Error(`Cannot measure: the ingest failed\n${text}`);
  return Number(text.trimEnd().split("\n").at(-1));
}
