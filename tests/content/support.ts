/** Short ways to convert a body in a test. */
import {
  type ConversionContext,
  type ConversionNote,
  parseBody,
  type ParsedBody,
  toMarkdown,
  toText,
} from "../../src/content/mod.ts";

/** A storage body, parsed. */
export function storage(value: string, context?: ConversionContext): ParsedBody {
  return parseBody({ format: "storage", value }, context);
}

/** ADF nodes as a document, parsed. */
export function adf(nodes: readonly unknown[], context?: ConversionContext): ParsedBody {
  const value = JSON.stringify({ type: "doc", version: 1, content: nodes });
  return parseBody({ format: "atlas_doc_format", value }, context);
}

/** Markdown of a storage body, without the newline at the end. */
export function markdown(value: string, context?: ConversionContext): string {
  return toMarkdown(storage(value, context)).replace(/\n$/, "");
}

/** Markdown of ADF nodes, without the newline at the end. */
export function adfMarkdown(nodes: readonly unknown[], context?: ConversionContext): string {
  return toMarkdown(adf(nodes, context)).replace(/\n$/, "");
}

/** Text of a storage body. */
export function text(value: string, context?: ConversionContext): string {
  return toText(storage(value, context));
}

/** Text of ADF nodes. */
export function adfText(nodes: readonly unknown[], context?: ConversionContext): string {
  return toText(adf(nodes, context));
}

/** The note of that name. */
export function note(parsed: ParsedBody, name: string): ConversionNote | undefined {
  return parsed.notes.find((found) => found.name === name);
}

/** A macro in storage format. */
export function macro(name: string, parameters: Record<string, string> = {}, body = ""): string {
  const written = Object.entries(parameters).map(([key, value]) =>
    `<ac:parameter ac:name="${key}">${value}</ac:parameter>`
  );
  return `<ac:structured-macro ac:name="${name}" ac:schema-version="1">${
    written.join("")
  }${body}</ac:structured-macro>`;
}

/** A rich body of a macro. */
export function rich(content: string): string {
  return `<ac:rich-text-body>${content}</ac:rich-text-body>`;
}

/** A plain body of a macro. */
export function plain(content: string): string {
  return `<ac:plain-text-body><![CDATA[${content}]]></ac:plain-text-body>`;
}

/** An ADF node. */
export function node(
  type: string,
  attrs: Record<string, unknown> = {},
  content: readonly unknown[] = [],
): unknown {
  return { type, attrs, content };
}

/** An ADF text with marks. */
export function words(value: string, ...marks: (string | Record<string, unknown>)[]): unknown {
  return {
    type: "text",
    text: value,
    marks: marks.map((mark) => typeof mark === "string" ? { type: mark } : mark),
  };
}

/** An ADF paragraph. */
export function para(...content: (string | unknown)[]): unknown {
  return { type: "paragraph", content: content.map((item) => typeof item === "string" ? words(item) : item) };
}
