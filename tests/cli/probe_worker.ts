/** Stands in for `worker.ts` to see what a worker with derived permissions can really touch. */

/** What to try; paths and addresses outside and inside of what was configured. */
export interface Probe {
  readonly ownFile: string;
  readonly otherFile: string;
  readonly ownTarget: string;
  readonly otherTarget: string;
  readonly ownUrl: string;
  readonly otherUrl: string;
  readonly otherModule: string;
}

/** What came of each attempt: `ok`, or the name of the error. */
export type Findings = Readonly<Record<string, string>>;

async function attempt(act: () => unknown): Promise<string> {
  try {
    await act();
    return "ok";
  } catch (error) {
    return error instanceof Error ? error.name : String(error);
  }
}

globalThis.addEventListener("message", async (event) => {
  const probe = (event as MessageEvent<Probe>).data;
  const fetchText = async (url: string) => await (await fetch(url)).text();
  const findings: Findings = {
    "read own": await attempt(() => Deno.readTextFile(probe.ownFile)),
    "read other": await attempt(() => Deno.readTextFile(probe.otherFile)),
    "write own": await attempt(() => Deno.writeTextFile(probe.ownTarget, "x")),
    "write other": await attempt(() => Deno.writeTextFile(probe.otherTarget, "x")),
    "net own": await attempt(() => fetchText(probe.ownUrl)),
    "net other": await attempt(() => fetchText(probe.otherUrl)),
    "run": await attempt(() => new Deno.Command(Deno.build.os === "windows" ? "cmd" : "true").output()),
    "env": await attempt(() => Deno.env.get("PATH")),
    "env secret": await attempt(() => Deno.env.get("CONFLUENCE_API_TOKEN")),
    "import": await attempt(() => import(probe.otherModule)),
    "sys": await attempt(() => Deno.osRelease()),
    "ffi": await attempt(() => Deno.dlopen(probe.otherFile, {})),
  };
  (globalThis as unknown as { postMessage(message: Findings): void }).postMessage(findings);
});
