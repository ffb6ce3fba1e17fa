/** Answers without end cost little memory and end in a clear error; the client's own tests have the finer cases. */
import { assertEquals, assertLess, assertStringIncludes } from "@std/assert";
import { startCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

const MEBIBYTE = 1024 * 1024;
/** What one answer may hold, what a collector may leave lying about, and the program itself. */
const MOST_MEMORY = 900 * MEBIBYTE;

/** The most memory a process ever had, in bytes. */
async function peakOf(pid: number): Promise<number> {
  const { stdout } = await new Deno.Command("sh", { args: ["-c", `cat /proc/${pid}/status`] }).output();
  const [, kibibytes] = /VmHWM:\s+(\d+) kB/.exec(new TextDecoder().decode(stdout))!;
  return Number(kibibytes) * 1024;
}

function repeated(times: number): ReadableStream<Uint8Array<ArrayBuffer>> {
  const block = new Uint8Array(MEBIBYTE).fill(32);
  let left = times;
  return new ReadableStream({
    pull(controller) {
      if (left-- > 0) controller.enqueue(block);
      else controller.close();
    },
  });
}

/** Runs an ingest against a site that knows nobody's name but answers so, and gives its end and its peak memory. */
async function ingestFrom(answer: () => Response): Promise<{ code: number; stderr: string; peak: number }> {
  return await withTempDir(async (dir) => {
    const started = Promise.withResolvers<Deno.ChildProcess>();
    let peak = 0;
    await using server = Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, async (request) => {
      // Looking for the cause comes after the failure: what was read before is over.
      if (new URL(request.url).pathname === "/_edge/tenant_info") {
        peak = Math.max(peak, await peakOf((await started.promise).pid));
        return Response.json({ cloudId: "1-2" });
      }
      return answer();
    });
    const child = startCli(["ingest", "--space", "DOCS"], {
      cwd: dir,
      site: { baseUrl: `http://127.0.0.1:${server.addr.port}/wiki` },
    });
    started.resolve(child);
    const { code, stderr } = await child.output();
    return { code, stderr: new TextDecoder().decode(stderr), peak };
  });
}

const isLinux = Deno.build.os === "linux";

Deno.test({
  name: `a gzip bomb is given up with little memory${isLinux ? "" : " (skipped: memory is read from /proc)"}`,
  ignore: !isLinux,
  async fn() {
    const bomb = await new Response(repeated(300).pipeThrough(new CompressionStream("gzip"))).bytes();
    assertLess(bomb.byteLength, MEBIBYTE);
    const headers = { "content-type": "application/json", "content-encoding": "gzip" };
    const { code, stderr, peak } = await ingestFrom(() => new Response(bomb, { headers }));
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, "Cannot read the current user: the answer is larger than 268435456 bytes");
    assertLess(peak, MOST_MEMORY);
    assertLess(0, peak);
  },
});

Deno.test({
  name: `an answer of 2 GB is given up with little memory${
    isLinux ? "" : " (skipped: memory is read from /proc)"
  }`,
  ignore: !isLinux,
  async fn() {
    const { code, stderr, peak } = await ingestFrom(() =>
      new Response(repeated(2048), { headers: { "content-type": "application/json" } })
    );
    assertEquals(code, 2, stderr);
    assertStringIncludes(stderr, "the answer is larger than 268435456 bytes");
    assertLess(peak, MOST_MEMORY);
    assertLess(0, peak);
  },
});
