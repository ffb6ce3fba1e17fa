/**
 * Logs on stderr, as text or as JSON lines. Every line passes the redaction of secrets on its way out.
 *
 * @module
 */
import { configure, type LogLevel, type LogRecord } from "@logtape/logtape";
import { printable, printableJson } from "./printable.ts";

/** Options of {@linkcode configureLogging}. */
export interface LoggingOptions {
  readonly level: LogLevel;
  readonly format: "text" | "json";
  /** Writes a line to stderr. */
  readonly write: (line: string) => void;
  /** Takes secrets out of a line. */
  readonly redact: (text: string) => string;
}

/** Sends everything that is logged, from now on, to where {@linkcode LoggingOptions} say. */
export async function configureLogging(options: LoggingOptions): Promise<void> {
  const format = options.format === "json" ? jsonLine : textLine;
  const stderr = (record: LogRecord): void => options.write(`${format(record, options.redact)}\n`);
  await configure({
    reset: true,
    sinks: { stderr },
    loggers: [
      { category: [], sinks: ["stderr"], lowestLevel: options.level },
      { category: ["logtape", "meta"], sinks: ["stderr"], parentSinks: "override", lowestLevel: "warning" },
    ],
  });
}

function textLine(record: LogRecord, redact: (text: string) => string): string {
  const message = record.message.map((part) => typeof part === "string" ? part : valueText(part)).join("");
  const properties = Object.entries(record.properties)
    .filter(([name, value]) => value !== undefined && !mentioned(record, name))
    .map(([name, value]) => ` ${name}=${valueText(value)}`)
    .join("");
  const time = new Date(record.timestamp).toISOString();
  return printable(
    redact(`${time} ${record.level.padEnd(7)} ${record.category.join(".")}: ${message}${properties}`),
  );
}

function jsonLine(record: LogRecord, redact: (text: string) => string): string {
  const message = record.message.map((part) => typeof part === "string" ? part : valueText(part)).join("");
  const line = {
    time: new Date(record.timestamp).toISOString(),
    level: record.level,
    category: record.category.join("."),
    message,
    ...(Object.keys(record.properties).length === 0 ? {} : { properties: record.properties }),
  };
  return printableJson(redact(JSON.stringify(line, plain)));
}

/** Whether the message already shows a property, so that text lines need not repeat it. */
function mentioned(record: LogRecord, name: string): boolean {
  return typeof record.rawMessage === "string" && record.rawMessage.includes(`{${name}}`);
}

function valueText(value: unknown): string {
  if (typeof value === "string") return value;
  return value instanceof Error
    ? `${value.name}: ${value.message}`
    : JSON.stringify(value, plain) ?? String(value);
}

/** What JSON has no form for. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (value instanceof Error) return { name: value.name, message: value.message, stack: value.stack };
  return value;
}
