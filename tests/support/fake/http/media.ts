/** The media host: signed links that work once and refuse credentials. */
import { randomUuid } from "../state/random.ts";
import type { AttachmentVersionRecord } from "../state/records.ts";
import { type Answer, json } from "./answer.ts";
import type { Exchange } from "./exchange.ts";

/** How the counters name it. */
export const MEDIA_ENDPOINT = "GET (media) /file/{fileId}/binary";

/** Hands out and redeems one-off links. */
export class MediaTokens {
  /** Whether parts can be asked for. */
  ranges = true;
  readonly #open = new Map<string, AttachmentVersionRecord>();
  readonly #random: () => number;

  constructor(random: () => number) {
    this.#random = random;
  }

  /** A path on the media host that gives the bytes once. */
  sign(version: AttachmentVersionRecord): string {
    const token = randomUuid(this.#random).replaceAll("-", "");
    this.#open.set(token, version);
    return `/file/${version.fileId}/binary?token=${token}&client=fake`;
  }

  /** The file of a token that was not used before. */
  redeem(token: string): AttachmentVersionRecord | null {
    const version = this.#open.get(token) ?? null;
    this.#open.delete(token);
    return version;
  }
}

/** Answers on the media host. */
export function answerMedia(x: Exchange): Answer {
  const path = /^\/file\/([^/]+)\/binary$/.exec(x.path);
  if (path === null || x.request.method !== "GET") return json({ error: { code: "NotFound" } }, 404);
  if (x.request.headers.has("authorization")) {
    return json({ error: { code: "JwtAuthoriser:AuthorizationHeaderNotAllowed" } }, 403);
  }
  const version = x.fake.media.redeem(x.query.get("token") ?? "");
  if (version === null || version.fileId !== path[1]) {
    return json({ error: { code: "JwtAuthoriser:TokenInvalid" } }, 403);
  }
  return part(
    bytesOf(version),
    x.fake.media.ranges ? x.request.headers.get("range") : null,
    version.mediaType,
  );
}

/** The whole file, or the part that was asked for: `bytes=N-`. */
function part(bytes: Uint8Array<ArrayBuffer>, range: string | null, mediaType: string): Answer {
  const headers = { "content-type": mediaType, "accept-ranges": "bytes" };
  const [, from] = /^bytes=(\d+)-$/.exec(range ?? "") ?? [];
  if (from === undefined) {
    return { status: 200, bytes, headers: { ...headers, "content-length": String(bytes.length) } };
  }
  const start = Number(from);
  if (start >= bytes.length) {
    return { status: 416, text: "", headers: { ...headers, "content-range": `bytes */${bytes.length}` } };
  }
  const rest = bytes.slice(start);
  return {
    status: 206,
    bytes: rest,
    headers: {
      ...headers,
      "content-length": String(rest.length),
      "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
    },
  };
}

/** The content of a file; made from its id where only the size is known. */
export function bytesOf(version: AttachmentVersionRecord): Uint8Array<ArrayBuffer> {
  if (typeof version.bytes !== "number") return version.bytes;
  const pattern = new TextEncoder().encode(version.fileId);
  const bytes = new Uint8Array(version.bytes);
  for (let i = 0; i < bytes.length; i++) bytes[i] = pattern[i % pattern.length]!;
  return bytes;
}
