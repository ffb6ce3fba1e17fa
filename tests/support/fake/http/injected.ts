/** The fake as a `fetch` function: no sockets, real `Response`s, redirects and abort signals honoured. */
import type { FakeConfluence } from "../mod.ts";

const MAX_REDIRECTS = 20;

/** Makes the `fetch` of a fake. */
export function injectedFetch(fake: FakeConfluence): typeof fetch {
  return async (input, init) => {
    let request = new Request(input instanceof URL ? input.href : input, init);
    for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
      const response = await send(fake, request);
      const location = response.headers.get("location");
      if (location === null || !isRedirect(response.status) || request.redirect === "manual") {
        Object.defineProperty(response, "url", { value: request.url });
        if (hop > 0) Object.defineProperty(response, "redirected", { value: true });
        return response;
      }
      if (request.redirect === "error") throw new TypeError("Cannot follow redirect: mode is error");
      request = redirected(request, new URL(location, request.url));
    }
    throw new TypeError("Cannot follow redirect: too many");
  };
}

async function send(fake: FakeConfluence, request: Request): Promise<Response> {
  const { signal } = request;
  if (signal.aborted) throw signal.reason;
  if (fake.origins.find(new URL(request.url)) === null) {
    fake.counters.foreign.push({
      method: request.method,
      url: request.url,
      endpoint: "(foreign)",
      status: 0,
      authorized: request.headers.has("authorization"),
    });
    throw new TypeError(`Cannot reach host: ${new URL(request.url).host} is not part of the fake`);
  }
  const gone = Promise.withResolvers<never>();
  const abort = () => gone.reject(signal.reason);
  signal.addEventListener("abort", abort, { once: true });
  try {
    return await Promise.race([fake.handle(request), gone.promise]);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}

function redirected(request: Request, url: URL): Request {
  const headers = new Headers(request.headers);
  if (url.origin !== new URL(request.url).origin) headers.delete("authorization");
  return new Request(url, { method: "GET", headers, signal: request.signal, redirect: request.redirect });
}

function isRedirect(status: number): boolean {
  return [301, 302, 303, 307, 308].includes(status);
}
