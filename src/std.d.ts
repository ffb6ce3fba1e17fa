// The types of the few std functions in use, as std documents them: `deno-std` on npm ships JavaScript only.
// Moving to JSR deletes this file and changes `deno.json` alone.

declare module "@std/assert" {
  export class AssertionError extends Error {}
  export function assert(expr: unknown, msg?: string): asserts expr;
  export function assertEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertNotEquals<T>(actual: T, expected: T, msg?: string): void;
  export function assertStrictEquals<T>(actual: unknown, expected: T, msg?: string): asserts actual is T;
  export function assertExists<T>(actual: T, msg?: string): asserts actual is NonNullable<T>;
  export function assertMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertNotMatch(actual: string, expected: RegExp, msg?: string): void;
  export function assertStringIncludes(actual: string, expected: string, msg?: string): void;
  export function assertGreater<T>(actual: T, expected: T, msg?: string): void;
  export function assertLess<T>(actual: T, expected: T, msg?: string): void;
  export function assertGreaterOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertLessOrEqual<T>(actual: T, expected: T, msg?: string): void;
  export function assertInstanceOf<T>(
    actual: unknown,
    // deno-lint-ignore no-explicit-any -- any constructor will do, as in std
    expected: abstract new (...args: any[]) => T,
    msg?: string,
  ): asserts actual is T;
  export function assertObjectMatch(
    actual: object,
    expected: Record<PropertyKey, unknown>,
    msg?: string,
  ): void;
  export function assertThrows<E extends Error = Error>(
    fn: () => unknown,
    // deno-lint-ignore no-explicit-any -- any constructor will do, as in std
    errorClass?: abstract new (...args: any[]) => E,
    msgIncludes?: string,
    msg?: string,
  ): E;
  export function assertRejects<E extends Error = Error>(
    fn: () => PromiseLike<unknown>,
    // deno-lint-ignore no-explicit-any -- any constructor will do, as in std
    errorClass?: abstract new (...args: any[]) => E,
    msgIncludes?: string,
    msg?: string,
  ): Promise<E>;
  export function fail(msg?: string): never;
  export function unreachable(reason?: string): never;
}

declare module "@std/async/delay" {
  export interface DelayOptions {
    signal?: AbortSignal;
    persistent?: boolean;
  }
  /** Resolves after `ms` milliseconds; rejects with the signal's reason when aborted. */
  export function delay(ms: number, options?: DelayOptions): Promise<void>;
}

declare module "@std/async/deadline" {
  /** Rejects with a `TimeoutError` DOMException when `p` is not settled within `ms` milliseconds. */
  export function deadline<T>(p: Promise<T>, ms: number, options?: { signal?: AbortSignal }): Promise<T>;
}

declare module "@std/async/pool" {
  /** Maps with at most `poolLimit` calls under way; results keep the input's order. */
  export function pooledMap<T, R>(
    poolLimit: number,
    array: Iterable<T> | AsyncIterable<T>,
    iteratorFn: (data: T) => Promise<R>,
  ): AsyncIterableIterator<R>;
}

declare module "@std/cli/parse-args" {
  export interface ParseArgsOptions {
    "--"?: boolean;
    alias?: Record<string, string | readonly string[]>;
    boolean?: boolean | readonly string[];
    string?: readonly string[];
    collect?: readonly string[];
    negatable?: readonly string[];
    default?: Record<string, unknown>;
    stopEarly?: boolean;
    unknown?: (arg: string, key?: string, value?: unknown) => unknown;
  }
  export function parseArgs(args: readonly string[], options?: ParseArgsOptions): {
    _: (string | number)[];
    [flag: string]: unknown;
  };
}

declare module "@std/cli/prompt-secret" {
  export function promptSecret(message?: string, options?: { mask?: string; clear?: boolean }): string | null;
}

declare module "@std/csv/stringify" {
  export interface StringifyOptions {
    columns?: readonly string[];
    headers?: boolean;
    separator?: string;
    crlf?: boolean;
    bom?: boolean;
  }
  export function stringify(data: readonly unknown[], options?: StringifyOptions): string;
}

declare module "@std/fmt/bytes" {
  export function format(
    num: number,
    options?: { binary?: boolean; minimumFractionDigits?: number; maximumFractionDigits?: number },
  ): string;
}

declare module "@std/fmt/colors" {
  export function setColorEnabled(value: boolean): void;
  export function getColorEnabled(): boolean;
  export function bold(str: string): string;
  export function dim(str: string): string;
  export function red(str: string): string;
  export function green(str: string): string;
  export function yellow(str: string): string;
  export function cyan(str: string): string;
}

declare module "@std/fmt/duration" {
  export function format(
    ms: number,
    options?: { style?: "narrow" | "digital" | "full"; ignoreZero?: boolean },
  ): string;
}

declare module "@std/path" {
  export function join(...paths: string[]): string;
  export function dirname(path: string): string;
  export function basename(path: string, suffix?: string): string;
  export function resolve(...paths: string[]): string;
  export function relative(from: string, to: string): string;
  export function isAbsolute(path: string): boolean;
  export function fromFileUrl(url: string | URL): string;
  export function toFileUrl(path: string): URL;
  export function extname(path: string): string;
}

declare module "@std/streams/text-line-stream" {
  export class TextLineStream extends TransformStream<string, string> {
    constructor(options?: { allowCR?: boolean });
  }
}

declare module "@std/streams/to-text" {
  export function toText(stream: ReadableStream): Promise<string>;
}

declare module "@std/collections/chunk" {
  export function chunk<T>(array: Iterable<T>, size: number): T[][];
}

declare module "@std/text/closest-string" {
  export function closestString(
    givenWord: string,
    possibleWords: readonly string[],
    options?: { caseSensitive?: boolean; compareFn?: (a: string, b: string) => number },
  ): string;
}

declare module "@std/text/levenshtein-distance" {
  /** How many insertions, deletions and replacements turn one into the other. */
  export function levenshteinDistance(str1: string, str2: string): number;
}
