/** An answer before it becomes a `Response`, so that faults can still bend it. */

/** Status, headers and one of three kinds of body. */
export interface Answer {
  readonly status: number;
  /** JSON. */
  readonly json?: unknown;
  readonly text?: string;
  readonly bytes?: Uint8Array<ArrayBuffer>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Thrown by handlers and checks to answer at once. */
export class Halt extends Error {
  override name = "Halt";

  constructor(readonly answer: Answer) {
    super(`Answered ${answer.status}`);
  }
}

export function json(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, json: body, headers };
}

export function html(text: string, status: number, headers: Readonly<Record<string, string>> = {}): Answer {
  return { status, text, headers: { "content-type": "text/html;charset=UTF-8", ...headers } };
}
