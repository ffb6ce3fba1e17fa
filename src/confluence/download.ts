/**
 * The bytes of attachments: the site says where they are this time, the media host gives them to whoever has that address. No
 * credentials go there, and nowhere else is followed.
 *
 * Source: api.md 5.3; `GET /wiki/rest/api/content/{id}/child/attachment/{attachmentId}/download`.
 *
 * @module
 */
import type { Attachment } from "../model/mod.ts";
import { backoffMs } from "./backoff.ts";
import { type ConfluenceError, ConfluenceNetworkError, ConfluenceResponseError } from "./errors.ts";
import type { Http } from "./http.ts";
import { downloadUrl } from "./links.ts";
import type { MediaAnswer, MediaRequest } from "./media.ts";
import { pathId } from "./path_id.ts";
import { logged } from "./single.ts";

/** Where bytes go as they come. */
export interface DownloadSink {
  /** Bytes that it holds already, from an attempt before; the download goes on behind them. */
  readonly size: number;
  /** Takes in the next bytes. The chunk is the sink's. */
  write(chunk: Uint8Array<ArrayBuffer>): Promise<void>;
  /** Forgets what it holds. */
  restart(): Promise<void>;
}

/** Options of `ConfluenceClient.downloadAttachment`. */
export interface DownloadOptions {
  /** The largest file that is taken, in bytes. @default {Infinity} */
  readonly maxBytes?: number;
  /** Ends the call; its reason is thrown. The sink keeps what came. */
  readonly signal?: AbortSignal | undefined;
}

/** Which file, and what is known about it. */
export type Downloadable =
  & Pick<Attachment, "id" | "containerId" | "mediaType" | "fileSize">
  & { readonly version: Pick<Attachment["version"], "number"> };

const ENDPOINT = "GET /rest/api/content/{id}/child/attachment/{attachmentId}/download";

/**
 * Downloads one version of an attachment, each attempt behind what the last one left in the sink.
 *
 * @returns When the sink holds the whole file, of the announced length.
 * @throws {ConfluenceError} When the file does not come.
 */
export function download(
  http: Http,
  file: Downloadable,
  sink: DownloadSink,
  options: DownloadOptions,
): Promise<void> {
  const operation = `download attachment ${pathId("attachment", file.id)}`;
  return logged(operation, async () => {
    const { maxAttempts } = http.limits;
    // A part that is longer than the whole is of something else.
    if (sink.size > (file.fileSize ?? Infinity)) await sink.restart();
    for (let attempt = 1;; attempt++) {
      const url = await locate(http, operation, file, options.signal);
      const before = sink.size;
      try {
        return await receive(
          http,
          { operation, url, from: before, signal: options.signal },
          file,
          sink,
          options,
        );
      } catch (error) {
        if (!mayTryAgain(error)) throw error;
        // What brings bytes is no failure to be counted: a large file may break off many times.
        if (sink.size > before) attempt = 0;
        else if (attempt >= maxAttempts) throw error;
        await http.pause(backoffMs(Math.max(1, attempt), http.random()), operation, options.signal);
      }
    }
  });
}

/** A failure of the media host, or a broken file, that may be over at the next attempt. */
class Broken extends ConfluenceResponseError {}

function mayTryAgain(error: unknown): boolean {
  return error instanceof Broken || (error instanceof ConfluenceNetworkError && error.retryable);
}

/** Asks the site where the file is: an address that is good for one use. */
async function locate(
  http: Http,
  operation: string,
  file: Downloadable,
  signal: AbortSignal | undefined,
): Promise<URL> {
  const base = downloadUrl(http.bases.requestBase, pathId("page", file.containerId), file.id);
  const url = `${base}?version=${file.version.number}`;
  const { json } = await http.get({
    operation,
    endpoint: ENDPOINT,
    url,
    objectId: file.id,
    signal,
    redirect: true,
  });
  return new URL(String(json));
}

async function receive(
  http: Http,
  request: MediaRequest,
  file: Downloadable,
  sink: DownloadSink,
  { maxBytes = Infinity }: DownloadOptions,
): Promise<void> {
  const { from } = request;
  await using answer = await http.media(request);
  const fail = (found: string, hint?: string) =>
    new Broken("not_a_file", found, { ...answer.details, ...(hint === undefined ? {} : { hint }) });
  if (answer.status === 416) {
    // What the sink holds is not a part of this file.
    await sink.restart();
    throw fail("the part that was kept does not belong to the file");
  }
  if (answer.status !== 200 && answer.status !== 206) throw refused(answer);
  if (isPage(answer.contentType) && !isPage(file.mediaType)) {
    throw new ConfluenceResponseError("not_a_file", "a web page came instead of the file", {
      ...answer.details,
      hint: "If it stays, look at the file in a browser, and at any proxy between.",
    });
  }
  const begins = answer.status === 206 ? answer.start : 0;
  if (begins !== from) {
    await sink.restart();
    if (begins !== 0) throw fail("another part of the file came than was asked for");
  }
  refuseTooLarge(answer.total, maxBytes, answer);
  for await (const chunk of answer.chunks()) {
    if (sink.size + chunk.byteLength > maxBytes) {
      refuseTooLarge(sink.size + chunk.byteLength, maxBytes, answer);
    }
    await sink.write(chunk);
  }
  const expected = answer.total ?? file.fileSize;
  if (expected !== null && sink.size < expected) {
    throw fail(`the file broke off: ${sink.size} of ${expected} bytes came`);
  }
  const whole = file.fileSize ?? expected;
  if (whole === null || sink.size === whole) return;
  const size = sink.size;
  await sink.restart();
  throw new ConfluenceResponseError(
    "not_a_file",
    `${size} bytes came, Confluence lists ${whole}`,
    answer.details,
  );
}

function refused(answer: MediaAnswer): ConfluenceError {
  const found = `the media host answered ${answer.status}`;
  const passing = answer.status >= 500 || answer.status === 429 || answer.status === 403 ||
    answer.status === 408;
  return passing
    ? new Broken("server_error", found, answer.details)
    : new ConfluenceResponseError("refused", found, answer.details);
}

function refuseTooLarge(bytes: number | null, maxBytes: number, answer: MediaAnswer): void {
  if (bytes === null || bytes <= maxBytes) return;
  throw new ConfluenceNetworkError("too_large", `the file is larger than ${maxBytes} bytes`, answer.details);
}

function isPage(mediaType: string | null): boolean {
  return /\bx?html\b/i.test(mediaType ?? "");
}
