/**
 * Reads storage format into a light tree. It accepts anything: storage is XML without a root, with undeclared prefixes
 * and HTML entities, and real bodies hold unclosed tags. Time and memory grow with the length only; no entity is ever
 * declared or expanded beyond the fixed HTML table.
 *
 * Source: api.md section 12; https://confluence.atlassian.com/doc/confluence-storage-format-790796544.html
 *
 * @module
 */
import { decodeHTMLStrict } from "entities/decode";
import { MAX_ELEMENT_DEPTH, MAX_ELEMENTS } from "../limits.ts";
import type { XmlElement, XmlNode } from "./element.ts";

/** What was read, and what had to be bent. */
export interface ParsedXhtml {
  readonly children: XmlNode[];
  /** Elements nested deeper than the limit became siblings. */
  readonly tooDeep: boolean;
  /** There were too many elements: the tags of the rest were ignored. */
  readonly tooMany: boolean;
}

const VOID = new Set(["br", "hr", "img", "col", "wbr", "input", "meta", "area", "embed", "source", "track"]);
/** Attributes read of one element; real ones have ten. */
const MAX_ATTRIBUTES = 100;

const NO_ATTRIBUTES: ReadonlyMap<string, string> = new Map();

/** Reads a storage body. Never throws. */
export function parseXhtml(source: string): ParsedXhtml {
  const builder = new TreeBuilder();
  new Scanner(restoreCdataEnds(source.toWellFormed()), builder).run();
  return { children: builder.root, tooDeep: builder.tooDeep, tooMany: builder.tooMany };
}

/**
 * Exports and some 8.x sites write the end of a CDATA section as `]] >`. Only where no proper end is found at all, for
 * a genuine `]] >` in code looks the same.
 */
function restoreCdataEnds(source: string): string {
  if (!source.includes("]] >") || source.includes("]]>")) return source;
  return source.replace(/\]\] >(?=\s{0,8}<(?:\/ac:plain-text|!\[CDATA\[))/g, "]]>");
}

/** An end tag whose start is further up than this is a stray: searching further would take quadratic time. */
const MAX_OPEN_SEARCH = 2 * MAX_ELEMENT_DEPTH;

/** Builds the tree. */
class TreeBuilder {
  readonly root: XmlNode[] = [];
  tooDeep = false;
  tooMany = false;
  #count = 0;
  readonly #open: { name: string; children: XmlNode[] }[] = [];
  #children = this.root;

  text(kind: "text" | "cdata", value: string): void {
    if (value === "") return;
    const last = this.#children[this.#children.length - 1];
    if (last?.kind === kind) last.value += value;
    else this.#children.push({ kind, value });
  }

  start(name: string, attributes: ReadonlyMap<string, string>, selfClosing: boolean): void {
    if (++this.#count > MAX_ELEMENTS) {
      this.tooMany = true;
      this.text("text", " ");
      return;
    }
    const element: XmlElement = { kind: "element", name, attributes, children: [] };
    this.#children.push(element);
    if (selfClosing || VOID.has(name)) return;
    // Beyond the limit an element is open by name, but what follows lands beside it.
    const children = this.#open.length < MAX_ELEMENT_DEPTH ? element.children : this.#children;
    this.tooDeep ||= children === this.#children;
    this.#open.push({ name, children });
    this.#children = children;
  }

  end(name: string): void {
    const open = this.#open;
    let start = open.length - 1;
    const last = Math.max(0, open.length - MAX_OPEN_SEARCH);
    while (start >= last && open[start]?.name !== name) start--;
    if (start < last) return;
    // Nearly always the innermost: to set the length of a list takes far longer.
    if (start === open.length - 1) open.pop();
    else open.length = start;
    this.#children = open[start - 1]?.children ?? this.root;
  }
}

/** Cuts the source into tags and text. Every step moves forward: nothing is read twice. */
class Scanner {
  #position = 0;
  #textStart = 0;
  /** Searched for in vain once: not searched for again, or a hostile body would take quadratic time. */
  readonly #absent = new Set<string>();

  constructor(readonly source: string, readonly builder: TreeBuilder) {}

  run(): void {
    for (;;) {
      const open = this.source.indexOf("<", this.#position);
      if (open < 0) break;
      this.#position = open;
      if (this.#markup(open)) this.#textStart = this.#position;
      else this.#position = open + 1;
    }
    this.#flushText(this.source.length);
  }

  #flushText(end: number): void {
    if (this.#textStart >= end) return;
    this.builder.text("text", decode(this.source.slice(this.#textStart, end)));
    this.#textStart = end;
  }

  /** Reads the markup at `open`; false where it is only a `<`. */
  #markup(open: number): boolean {
    const next = this.source.charCodeAt(open + 1);
    if (isNameStart(next)) {
      this.#flushText(open);
      this.#position = this.#startTag(open + 1);
      return true;
    }
    if (next === 0x2f) return this.#endTag(open);
    if (next === 0x21) return this.#declaration(open);
    if (next === 0x3f) return this.#skipTo("?>", open, open) || this.#skipTo(">", open, open);
    return false;
  }

  #endTag(open: number): boolean {
    const { source } = this;
    if (!isNameStart(source.charCodeAt(open + 2))) return false;
    let end = open + 2;
    while (isNameCharacter(source.charCodeAt(end))) end++;
    const name = lower(source.slice(open + 2, end));
    while (isSpace(source.charCodeAt(end))) end++;
    if (source.charCodeAt(end) === 0x3e) end++;
    else if (end < source.length && source.charCodeAt(end) !== 0x3c) return false;
    this.#flushText(open);
    this.builder.end(name);
    this.#position = end;
    return true;
  }

  #declaration(open: number): boolean {
    const { source } = this;
    if (source.startsWith("<!--", open)) return this.#skipTo("-->", open + 4, open);
    if (source.startsWith("<![CDATA[", open)) {
      this.#flushText(open);
      this.#position = this.#cdata(open + 9);
      return true;
    }
    if (!/^<!doctype/i.test(source.slice(open, open + 9))) return false;
    // The internal subset may declare entities; it is skipped unread.
    const close = this.#find(">", open);
    const subset = this.#find("[", open);
    return (subset >= 0 && subset < close && this.#skipTo("]>", subset, open)) ||
      this.#skipTo(">", open, open);
  }

  /** Hands on the CDATA section that begins at `start`; returns where it ends. Unclosed, it ends with its element. */
  #cdata(start: number): number {
    const proper = this.#find("]]>", start);
    const closed = proper >= 0 ? proper : this.#find("</ac:plain-text", start);
    const end = closed >= 0 ? closed : this.source.length;
    this.builder.text("cdata", this.source.slice(start, end));
    return proper >= 0 ? end + 3 : end;
  }

  #skipTo(mark: string, from: number, open: number): boolean {
    const end = this.#find(mark, from);
    if (end < 0) return false;
    this.#flushText(open);
    this.#position = end + mark.length;
    return true;
  }

  #find(mark: string, from: number): number {
    if (this.#absent.has(mark)) return -1;
    const found = this.source.indexOf(mark, from);
    if (found < 0) this.#absent.add(mark);
    return found;
  }

  /** Reads name and attributes from `start`; returns where the tag ends. */
  #startTag(start: number): number {
    const { source } = this;
    let at = start;
    while (isNameCharacter(source.charCodeAt(at))) at++;
    const name = lower(source.slice(start, at));
    let attributes: Map<string, string> | undefined;
    let selfClosing = false;
    for (;;) {
      while (isSpace(source.charCodeAt(at))) at++;
      const code = source.charCodeAt(at);
      if (code === 0x3e) {
        at++;
        break;
      }
      // An unclosed tag: what was read counts, the next tag begins here.
      if (code === 0x3c || Number.isNaN(code)) break;
      if (code === 0x2f) selfClosing = source.charCodeAt(at + 1) === 0x3e;
      if (!isAttributeName(code)) {
        at++;
        continue;
      }
      const keyStart = at;
      while (isAttributeName(source.charCodeAt(at))) at++;
      const key = lower(source.slice(keyStart, at));
      const [value, end] = this.#attributeValue(at);
      at = end;
      attributes ??= new Map();
      if (!attributes.has(key) && attributes.size < MAX_ATTRIBUTES) attributes.set(key, decode(value));
    }
    this.builder.start(name, attributes ?? NO_ATTRIBUTES, selfClosing);
    return at;
  }

  /** The value after an attribute's name, and where it ends. */
  #attributeValue(nameEnd: number): [value: string, end: number] {
    const { source } = this;
    let at = nameEnd;
    while (isSpace(source.charCodeAt(at))) at++;
    if (source.charCodeAt(at) !== 0x3d) return ["", nameEnd];
    at++;
    while (isSpace(source.charCodeAt(at))) at++;
    const quote = source.charCodeAt(at);
    if (quote === 0x22 || quote === 0x27) {
      at++;
      const close = this.#find(quote === 0x22 ? '"' : "'", at);
      if (close >= 0) return [source.slice(at, close), close + 1];
    }
    const valueStart = at;
    while (isUnquotedValue(source.charCodeAt(at))) at++;
    return [source.slice(valueStart, at), at];
  }
}

function decode(value: string): string {
  return value.includes("&") ? decodeHTMLStrict(value) : value;
}

function lower(name: string): string {
  return /[A-Z]/.test(name) ? name.toLowerCase() : name;
}

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

function isNameStart(code: number): boolean {
  return (code >= 0x61 && code <= 0x7a) || (code >= 0x41 && code <= 0x5a) || code === 0x5f;
}

function isNameCharacter(code: number): boolean {
  return isNameStart(code) || (code >= 0x30 && code <= 0x39) || code === 0x3a || code === 0x2d ||
    code === 0x2e;
}

/** Anything but white space, quotes, `<`, `>`, `/`, `=` and the end. */
function isAttributeName(code: number): boolean {
  return code > 0x20 && code !== 0x22 && code !== 0x27 && code !== 0x2f && code !== 0x3c && code !== 0x3d &&
    code !== 0x3e;
}

/** Anything but white space, `<`, `>` and the end. */
function isUnquotedValue(code: number): boolean {
  return code > 0x20 && code !== 0x3c && code !== 0x3e;
}
