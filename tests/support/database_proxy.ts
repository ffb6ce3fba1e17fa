/** Stands between the program and a database server: counts what is asked, hangs, and loses answers. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of a request. */
export type Weather =
  /** It is answered. */
  | "fair"
  /** Nothing is heard of it any more. */
  | "hangs"
  /** It is carried out, but the connection breaks before the answer. */
  | "loses answers";

/** A running proxy. */
export interface DatabaseProxy extends AsyncDisposable {
  readonly url: string;
  /** Requests so far. */
  requests: number;
  weather: Weather;
  /** Told of each request, by its number, before anything is done about it. */
  onRequest: (number: number) => void;
}

/** Starts a proxy in front of a server, on loopback. */
export async function startProxy(target: string): Promise<DatabaseProxy> {
  const server = createServer(async (request, response) => {
    proxy.onRequest(++proxy.requests);
    const parts: Uint8Array[] = [];
    for await (const part of request) parts.push(part);
    if (proxy.weather === "hangs") return;
    const { authorization } = request.headers;
    const answer = await fetch(target + request.url, {
      method: request.method!,
      headers: authorization === undefined ? {} : { authorization },
      ...(parts.length === 0 ? {} : { body: await new Blob(parts as BlobPart[]).arrayBuffer() }),
    });
    const bytes = await answer.bytes();
    if (proxy.weather === "loses answers") return void request.socket.destroy();
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/plain" });
    response.end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const proxy: DatabaseProxy = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    requests: 0,
    weather: "fair",
    onRequest: () => {},
    [Symbol.asyncDispose]: async () => {
      const closed = new Promise((resolve) => server.close(resolve));
      server.closeAllConnections();
      await closed;
    },
  };
  return proxy;
}
