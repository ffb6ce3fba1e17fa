/**
 * Writes inline content.
 *
 * @module
 */
import type { PhrasingContent } from "mdast";
import { codeSpan, destination, escapeText, type TextPlace } from "./escape.ts";
import { canMark, firstCharacter, lastCharacter } from "./flanking.ts";

/** Where a line stands. */
export interface LinePlace {
  /** Goes to the start of every further line. */
  readonly prefix: string;
  readonly inCell: boolean;
  /** Line breaks become spaces. */
  readonly inHeading: boolean;
  /** The address of a link or picture node; the one in the tree where nothing else is known. */
  readonly address: (node: Extract<PhrasingContent, { type: "link" | "image" }>) => string;
}

/** What stands around inline content, for marks and escapes. */
interface Around {
  readonly before: string;
  readonly after: string;
  readonly lineStart: boolean;
  readonly inLink: boolean;
}

const LINE: Around = { before: "", after: "", lineStart: true, inLink: false };

/** The nodes as one line of Markdown, or several where it holds line breaks. */
export function phrasing(nodes: readonly PhrasingContent[], place: LinePlace): string {
  return write(nodes, LINE, place);
}

function write(nodes: readonly PhrasingContent[], around: Around, place: LinePlace): string {
  const pieces: string[] = [];
  let before = around.before;
  let lineStart = around.lineStart;
  // The sign that a closing mark or code ended with: the same sign right behind it would be read together with it.
  let closedBy = "";
  for (let i = 0; i < nodes.length; i++) {
    const node = nodes[i];
    if (!node) continue;
    const next = nodes[i + 1];
    const after = next ? startOf(next) : around.after;
    const inner: Around = { before, after, lineStart, inLink: around.inLink };
    const piece = writeNode(node, inner, next, around, place, closedBy);
    if (piece === "") continue;
    pieces.push(piece);
    closedBy = node.type === "text" || node.type === "html" ? "" : lastCharacter(piece);
    lineStart = node.type === "break" && !place.inHeading && !place.inCell;
    before = lineStart ? "" : lastCharacter(piece);
  }
  return pieces.join("");
}

function writeNode(
  node: PhrasingContent,
  inner: Around,
  next: PhrasingContent | undefined,
  around: Around,
  place: LinePlace,
  closedBy: string,
): string {
  switch (node.type) {
    case "text":
      return escapeText(node.value, textPlace(inner, next, around, place));
    case "inlineCode":
      return inlineCode(node.value, inner.inLink, closedBy, place);
    case "break":
      return place.inCell ? "<br>" : place.inHeading ? " " : `\\\n${place.prefix}`;
    case "strong":
      return mark("**", "strong", node.children, inner, place, closedBy);
    case "emphasis":
      return mark("*", "em", node.children, inner, place, closedBy);
    case "delete":
      return mark("~~", "del", node.children, inner, place, closedBy);
    case "link":
      return link(node, place);
    case "image": {
      const alt = write([{ type: "text", value: node.alt ?? "" }], {
        ...LINE,
        lineStart: false,
        inLink: true,
      }, place);
      return `![${alt}](${destination(place.address(node), place.inCell)})`;
    }
    case "html":
      return place.inCell ? node.value.replace(/\|/g, "&#124;") : node.value;
    default:
      return "";
  }
}

function textPlace(
  inner: Around,
  next: PhrasingContent | undefined,
  around: Around,
  place: LinePlace,
): TextPlace {
  const follows = next ? startOf(next) : around.after;
  return {
    lineStart: inner.lineStart && !place.inCell && !place.inHeading,
    followed: follows !== "",
    beforeBracket: follows === "[",
    inLink: inner.inLink,
    inCell: place.inCell,
  };
}

/**
 * Three things cannot be written in backticks and take a tag: a bar after a backslash in a cell, in a link what would
 * make the start of a line a definition, and code right behind code.
 */
function inlineCode(value: string, inLink: boolean, closedBy: string, place: LinePlace): string {
  const plain = !(place.inCell && value.includes("\\|")) && !(inLink && value.includes("]:")) &&
    closedBy !== "`";
  if (plain) return codeSpan(value, place.inCell);
  const { inCell } = place;
  const text = escapeText(value, {
    lineStart: false,
    followed: true,
    beforeBracket: false,
    inLink: true,
    inCell,
  });
  return `<code>${text}</code>`;
}

function mark(
  sign: string,
  tag: string,
  children: readonly PhrasingContent[],
  inner: Around,
  place: LinePlace,
  closedBy: string,
): string {
  // Marks of stars inside at the edge join this run of stars: what counts is what stands around the whole run.
  const content = write(children, { ...inner, lineStart: false }, place);
  if (content === "") return "";
  const starred = sign !== "~~";
  const first = edge(content, starred ? children[0] : undefined, true);
  const last = edge(content, starred ? children[children.length - 1] : undefined, false);
  if (closedBy !== sign[0] && canMark(inner.before, first, last, inner.after)) return sign + content + sign;
  const tagged = write(children, { before: ">", after: "<", lineStart: false, inLink: inner.inLink }, place);
  return `<${tag}>${tagged}</${tag}>`;
}

/** The character next to the run of marks, behind the stars of a mark inside that joins it. */
function edge(content: string, node: PhrasingContent | undefined, atStart: boolean): string {
  const starred = node?.type === "strong" || node?.type === "emphasis";
  if (!starred) return atStart ? firstCharacter(content) : lastCharacter(content);
  let at = atStart ? 0 : content.length;
  while (content[atStart ? at : at - 1] === "*") at += atStart ? 1 : -1;
  return atStart
    ? firstCharacter(content.slice(at, at + 2))
    : lastCharacter(content.slice(Math.max(0, at - 2), at));
}

function link(node: Extract<PhrasingContent, { type: "link" }>, place: LinePlace): string {
  const address = place.address(node);
  const [only] = node.children;
  if (
    node.children.length === 1 && only?.type === "text" && !place.inCell && isAutolink(only.value, address)
  ) {
    return `<${only.value}>`;
  }
  const text = write(node.children, { before: "[", after: "]", lineStart: false, inLink: true }, place);
  return `[${text}](${destination(address, place.inCell)})`;
}

/** An address that is its own text, or a mail address. */
function isAutolink(text: string, address: string): boolean {
  // deno-lint-ignore no-control-regex -- an address in angle brackets holds no control characters
  if (text === address) return /^[A-Za-z][A-Za-z0-9+.-]{1,31}:[^\u0000-\u0020<>\u007f]*$/.test(text);
  return address === `mailto:${text}` &&
    /^[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*$/.test(text);
}

/** The first character a node will be written with. */
function startOf(node: PhrasingContent): string {
  switch (node.type) {
    case "text":
      return firstCharacter(node.value);
    case "strong":
    case "emphasis":
      return "*";
    case "delete":
      return "~";
    case "inlineCode":
      return "`";
    case "link":
      return "[";
    case "image":
      return "!";
    case "html":
      return "<";
    case "break":
      return " ";
    default:
      return "";
  }
}
