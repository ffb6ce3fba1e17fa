/** The fake over HTTP, on loopback. */
import type { FakeConfluence } from "./mod.ts";
import { ConnectionReset } from "./http/fault_effects.ts";

/** A served fake. */
export interface RunningFake extends AsyncDisposable {
  /** For `CONFLUENCE_BASE_URL`: `http://127.0.0.1:PORT/wiki`. */
  readonly baseUrl: string;
  /** For `CONFLUENCE_GATEWAY_URL`: the gateway's origin. */
  readonly gatewayUrl: string;
  /** The media host's origin. */
  readonly mediaUrl: string;
  /** Stops all servers; requests under way are broken off. */
  shutdown(): Promise<void>;
}

/** Starts three servers: site, gateway and media are different origins, as in life. */
export function serveFake(fake: FakeConfluence, options: { readonly port?: number }): Promise<RunningFake> {
  const closing = new AbortController();
  const servers = [options.port ?? 0, 0, 0].map((port) =>
    Deno.serve({
      port,
      hostname: "127.0.0.1",
      signal: closing.signal,
      onListen: () => {},
      onError: (error) => new Response(`The fake failed: ${Deno.inspect(error)}`, { status: 500 }),
    }, (request) => handle(fake, request, closing.signal))
  );
  const [site, gateway, media] = servers.map((server) => `http://127.0.0.1:${server.addr.port}`) as [
    string,
    string,
    string,
  ];
  const set = { site, gateway, media };
  fake.origins.add(set);
  const shutdown = async () => {
    fake.origins.remove(set);
    closing.abort(new DOMException("The fake was shut down", "AbortError"));
    await Promise.all(servers.map((server) => server.finished));
  };
  return Promise.resolve({
    baseUrl: `${site}/wiki`,
    gatewayUrl: gateway,
    mediaUrl: media,
    shutdown,
    [Symbol.asyncDispose]: shutdown,
  });
}

/** A request that waits ends with the server: Deno's own request signal says nothing useful (and warns). */
async function handle(fake: FakeConfluence, request: Request, closing: AbortSignal): Promise<Response> {
  try {
    return await fake.handle(request, closing);
  } catch (error) {
    if (error instanceof ConnectionReset || closing.aborted) return new Response(broken());
    throw error;
  }
}

/** A body that breaks at once: as near to a reset as a handler can come. */
function broken(): ReadableStream<Uint8Array<ArrayBuffer>> {
  return new ReadableStream({
    pull(controller) {
      controller.error(new ConnectionReset());
    },
  });
}
