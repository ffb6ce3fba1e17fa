/** Stands between the program and a database server: counts what is asked, hangs, refuses, and loses answers. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

/** What becomes of a request. */
export type Weather =
  /** It is answered. */
  | "fair"
  /** Nothing is heard of it any more. */
  | "hangs"
  /** It is refused, as with a token that is no good. */
  | "refuses"
  /** It is carried out, but the connection breaks before the answer. */
  | "loses answers";

/** A running proxy. */
export interface DatabaseProxy extends AsyncDisposable {
  readonly url: string;
  /** Requests so far. */
  requests: number;
  weather: Weather;
  /** Told of each request before anything is done about it. */
  onRequest: (body: string) => void;
}

/** Starts a proxy in front of a server, on loopback. */
export async function startProxy(target: string): Promise<DatabaseProxy> {
  const server = createServer(async (request, response) => {
    const parts: BlobPart[] = [];
    for await (const part of request) parts.push(part);
    const body = new Blob(parts);
    proxy.requests++;
    proxy.onRequest(await body.text());
    if (proxy.weather === "hangs") return;
    if (proxy.weather === "refuses") return void response.writeHead(401).end();
    const { authorization } = request.headers;
    const answer = await fetch(target + request.url, {
      method: request.method!,
      headers: authorization === undefined ? {} : { authorization },
      ...(parts.length === 0 ? {} : { body: await body.arrayBuffer() }),
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
