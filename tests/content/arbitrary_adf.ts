/** Random ADF documents whose text is full of what means something in Markdown. */
import fc from "fast-check";

/** A node of a random document. */
export interface RandomNode {
  readonly type: string;
  readonly [key: string]: unknown;
}

const NASTY = [
  "*",
  "**",
  "_",
  "__",
  "~",
  "~~",
  "`",
  "```",
  "[",
  "]",
  "(",
  ")",
  "![",
  "](",
  "<",
  ">",
  "<b>",
  "</p>",
  "<!--",
  "-->",
  "&amp;",
  "&",
  "&#35;",
  "\\",
  "|",
  "#",
  "# ",
  "## x",
  "-",
  "- ",
  "---",
  "+ ",
  "1. ",
  "1) ",
  "= ",
  "===",
  ":--",
  "!",
  "{",
  "}",
  "$",
  "^",
  '"',
  "'",
  ".",
  ",",
  ":",
  "a",
  "b",
  "word",
  "x_y",
  "한글",
  '"제목"',
  "은",
  "日本",
  "。",
  "é",
  "🙂",
  "→",
  "₩",
  " ",
  "  ",
  "\u00a0",
  "[x] ",
  "[ ] ",
  "[a]: b",
  "^1",
];

/** A text without addresses: GitHub links those by itself. */
export const nastyText: fc.Arbitrary<string> = fc.array(fc.constantFrom(...NASTY), {
  minLength: 1,
  maxLength: 8,
})
  .map((parts) => parts.join(""));

const marks: fc.Arbitrary<unknown[]> = fc.subarray([
  { type: "strong" },
  { type: "em" },
  { type: "strike" },
  { type: "code" },
  { type: "subsup", attrs: { type: "sub" } },
  { type: "link", attrs: { href: "https://host.example/a_(b)?c=1&d=2" } },
  { type: "link", attrs: { href: "#a b|c" } },
  { type: "link", attrs: { href: "javascript:x" } },
], { maxLength: 3 });

const text: fc.Arbitrary<RandomNode> = fc.record({ type: fc.constant("text"), text: nastyText, marks });

const inline: fc.Arbitrary<RandomNode[]> = fc.array(
  fc.oneof(
    { weight: 8, arbitrary: text },
    { weight: 1, arbitrary: fc.constant<RandomNode>({ type: "hardBreak" }) },
    { weight: 1, arbitrary: nastyText.map((value) => ({ type: "status", attrs: { text: value } })) },
    {
      weight: 1,
      arbitrary: nastyText.map((value) => ({ type: "mention", attrs: { id: "1", text: value } })),
    },
    {
      weight: 1,
      arbitrary: nastyText.map((value) => ({ type: "inlineExtension", attrs: { extensionKey: value } })),
    },
    {
      weight: 1,
      arbitrary: nastyText.map((alt) => ({ type: "mediaInline", attrs: { type: "image", id: "f|1", alt } })),
    },
  ),
  { maxLength: 6 },
);

const paragraph = inline.map((content) => ({ type: "paragraph", content }));

const { block } = fc.letrec<{ block: RandomNode; blocks: RandomNode[] }>((tie) => {
  const blocks = tie("blocks");
  const item = blocks.map((content) => ({ type: "listItem", content }));
  const items = fc.array(item, { minLength: 1, maxLength: 3 });
  const cell = fc.record({
    type: fc.constantFrom("tableCell", "tableHeader"),
    attrs: fc.record({ colspan: fc.integer({ min: 0, max: 3 }), rowspan: fc.integer({ min: 0, max: 3 }) }),
    content: blocks,
  });
  const row = fc.array(cell, { maxLength: 3 }).map((content) => ({ type: "tableRow", content }));
  return {
    blocks: fc.array(tie("block"), { maxLength: 3 }),
    block: fc.oneof(
      { depthSize: "small", withCrossShrink: true },
      paragraph,
      fc.record({
        type: fc.constant("heading"),
        attrs: fc.record({ level: fc.integer({ min: 0, max: 7 }) }),
        content: inline,
      }),
      fc.constant<RandomNode>({ type: "rule" }),
      fc.record({
        type: fc.constant("codeBlock"),
        attrs: fc.record({ language: fc.constantFrom("", "ts", "c++", "a b`") }),
        content: nastyText.map((value) => [{ type: "text", text: `${value}\n  ${value}` }]),
      }),
      items.map((content) => ({ type: "bulletList", content })),
      fc.record({
        type: fc.constant("orderedList"),
        attrs: fc.record({ order: fc.integer({ min: 0, max: 12 }) }),
        content: items,
      }),
      fc.array(
        fc.record({
          type: fc.constant("taskItem"),
          attrs: fc.record({ state: fc.constantFrom("DONE", "TODO") }),
          content: inline,
        }),
        { minLength: 1, maxLength: 3 },
      ).map((content) => ({ type: "taskList", content })),
      blocks.map((content) => ({ type: "blockquote", content })),
      fc.record({
        type: fc.constant("panel"),
        attrs: fc.record({ panelType: fc.constantFrom("info", "note", "error", "custom") }),
        content: blocks,
      }),
      fc.record({ type: fc.constant("expand"), attrs: fc.record({ title: nastyText }), content: blocks }),
      fc.record({
        type: fc.constant("bodiedExtension"),
        attrs: fc.record({ extensionKey: nastyText, parameters: fc.record({ title: nastyText }) }),
        content: blocks,
      }),
      fc.array(row, { minLength: 1, maxLength: 3 }).map((content) => ({ type: "table", content })),
    ) as fc.Arbitrary<RandomNode>,
  };
});

/** A document as JSON text, as the API gives it. */
export const adfDocument: fc.Arbitrary<string> = fc.array(block, { maxLength: 5 })
  .map((content) => JSON.stringify({ type: "doc", version: 1, content }));
