/** How far a connection came. */
export type Reach =
  | { readonly reached: true; readonly tls: boolean }
  | {
    readonly reached: false;
    /** Which step failed: finding the name, connecting, or agreeing on a certificate. */
    readonly step: "name" | "connection" | "certificate";
    /** What the system said. */
    readonly words: string;
  };

/** Connects, as `Deno.connect` and `Deno.startTls` do; other in tests only. */
export interface Connector {
  connect(options: { hostname: string; port: number; signal: AbortSignal }): Promise<Deno.TcpConn>;
  startTls(connection: Deno.TcpConn, options: { hostname: string }): Promise<Deno.TlsConn>;
}

/**
 * Opens a connection to a site, closes it again, and sends nothing over it.
 *
 * @param url An `http:` or `https:` URL.
 * @param options Ends it; and what connects.
 * @throws The reason of the aborted signal.
 */
export async function reach(
  url: string,
  options: { readonly signal: AbortSignal; readonly connector?: Connector },
): Promise<Reach> {
  const { hostname, port, protocol } = new URL(url);
  const { signal, connector = Deno } = options;
  const tls = protocol === "https:";
  const host = hostname.replace(/^\[|\]$/g, "");
  let connection: Deno.Conn | undefined;
  let step: "connection" | "certificate" = "connection";
  try {
    signal.throwIfAborted();
    const plain = await connector.connect({
      hostname: host,
      port: port === "" ? (tls ? 443 : 80) : Number(port),
      signal,
    });
    connection = plain;
    if (tls) {
      step = "certificate";
      const secured = await connector.startTls(plain, { hostname: host });
      connection = secured;
      await secured.handshake();
    }
    return { reached: true, tls };
  } catch (error) {
    if (signal.aborted) throw signal.reason;
    const words = error instanceof Error ? error.message : String(error);
    return { reached: false, step: /lookup address|dns|resolve/i.test(words) ? "name" : step, words };
  } finally {
    try {
      connection?.close();
    } catch {
      // A handshake that failed has closed it.
    }
  }
}
