import { type Reach, reach } from "../../confluence/mod.ts";
import { type Check, failed, ok } from "./check.ts";

const REMEDIES: Readonly<Record<Exclude<Reach, { reached: true }>["step"], string>> = {
  name: "Check the spelling of the site, and that this machine can resolve names.",
  connection: "Check the network, and that a firewall lets this machine out to the site.",
  certificate:
    "Something between here and the site may be reading along: ask who runs the network. If it is a company's proxy, set " +
    "DENO_TLS_CA_STORE=system.",
};
const FAILURES = {
  name: "has no address",
  connection: "does not answer",
  certificate: "has a certificate that is not accepted",
} as const;

/** Whether the site can be reached at all: its name, a connection, its certificate. Sends no request. */
export async function checkConnection(baseUrl: string, signal: AbortSignal): Promise<Check> {
  const name = "connection";
  const { host } = new URL(baseUrl);
  const found = await reach(baseUrl, { signal });
  if (found.reached) {
    return ok(name, found.tls ? `${host} answers, its certificate is good` : `${host} answers, without TLS`);
  }
  return failed(name, `${host} ${FAILURES[found.step]} (${found.words})`, REMEDIES[found.step]);
}
