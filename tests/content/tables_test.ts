import { assertEquals, assertStringIncludes } from "@std/assert";
import {
  adfMarkdown,
  adfText,
  macro,
  markdown,
  node,
  note,
  para,
  plain,
  rich,
  storage,
  text,
} from "./support.ts";

const table = (...rows: string[]) =>
  `<table><tbody>${rows.map((row) => `<tr>${row}</tr>`).join("")}</tbody></table>`;

Deno.test("toMarkdown() takes a first row of header cells as the header", () => {
  assertEquals(
    markdown(table("<th>A</th><th>B</th>", "<td>1</td><td>2</td>")),
    "| A | B |\n| --- | --- |\n| 1 | 2 |",
  );
});

Deno.test("toMarkdown() writes an empty header where there is none, and row headers in bold", () => {
  assertEquals(
    markdown(table("<th>A</th><td>1</td>", "<th>B</th><td>2</td>")),
    "|  |  |\n| --- | --- |\n| **A** | 1 |\n| **B** | 2 |",
  );
});

Deno.test("toMarkdown() writes a cell over two columns once, with an empty one beside it", () => {
  const body = table("<th>A</th><th>B</th>", '<td colspan="2">wide</td>');
  assertEquals(markdown(body), "| A | B |\n| --- | --- |\n| wide |  |");
  assertEquals(text(body), "A\tB\nwide");
});

Deno.test("toMarkdown() repeats a cell over two rows, toText() does not", () => {
  const body = table("<th>A</th><th>B</th>", '<td rowspan="2">tall</td><td>1</td>', "<td>2</td>");
  assertEquals(markdown(body), "| A | B |\n| --- | --- |\n| tall | 1 |\n| tall | 2 |");
  assertEquals(text(body), "A\tB\ntall\t1\n2");
  assertEquals(note(storage(body), "table")?.kind, "approximated");
});

Deno.test("toMarkdown() follows cells that span both ways", () => {
  const body = table(
    '<td rowspan="2" colspan="2">X</td><td>a</td>',
    "<td>b</td>",
    "<td>1</td><td>2</td><td>c</td>",
  );
  assertEquals(markdown(body), "|  |  |  |\n| --- | --- | --- |\n| X |  | a |\n| X |  | b |\n| 1 | 2 | c |");
});

Deno.test("toMarkdown() puts blocks in a cell on one line", () => {
  const cell = "<p>a</p><p>b</p><ul><li>c<ul><li>d</li></ul></li></ul><ol><li>e</li></ol>" +
    macro("code", { language: "js" }, plain("x|y\n\nz")) + macro("warning", {}, rich("<p>hot</p>"));
  assertEquals(
    markdown(table(`<td>${cell}</td>`)),
    "|  |\n| --- |\n| a<br>b<br>• c<br>\u2003• d<br>1. e<br>`x\\|y`<br>`z`<br>**Caution:** hot |",
  );
  assertEquals(note(storage(table(`<td>${cell}</td>`)), "table cell")?.kind, "approximated");
});

Deno.test("toMarkdown() writes tasks, nested tables and expands in a cell", () => {
  const task =
    "<ac:task-list><ac:task><ac:task-status>complete</ac:task-status><ac:task-body>t</ac:task-body></ac:task></ac:task-list>";
  const inner = table("<td>1</td><td>2</td>", "<td>3</td><td>4</td>");
  const expand = macro("expand", { title: "More" }, rich("<p>x</p>"));
  assertEquals(
    markdown(table(`<td>${task}${inner}${expand}</td>`)),
    "|  |\n| --- |\n| ☑ t<br>1 / 2<br>3 / 4<br>**More**<br>x |",
  );
});

Deno.test("toMarkdown() escapes bars in cells, in code and links too", () => {
  const body = table(
    '<td>a|b <code>c|d</code> <code>e\\|f</code> <a href="https://x.example/?q=a|b">l</a></td>',
  );
  assertEquals(
    markdown(body),
    "|  |\n| --- |\n| a\\|b `c\\|d` <code>e\\\\\\|f</code> [l](https://x.example/?q=a%7Cb) |",
  );
});

Deno.test("toMarkdown() reads rows in and outside of groups, and what stands between them goes above", () => {
  const body =
    "<table><caption>Title</caption><colgroup><col style='width: 1px'></colgroup><thead><tr><th>A</th></tr></thead><tr><td>1</td></tr></table>";
  assertEquals(markdown(body), "**Title**\n\n| A |\n| --- |\n| 1 |");
});

Deno.test("toMarkdown() adds the row numbers that ADF draws and storage has", () => {
  const cell = (type: string, value: string) => node(type, {}, [para(value)]);
  const rows = [
    node("tableRow", {}, [cell("tableHeader", "H")]),
    node("tableRow", {}, [cell("tableCell", "a")]),
    node("tableRow", {}, [cell("tableCell", "b")]),
  ];
  assertEquals(
    adfMarkdown([node("table", { isNumberColumnEnabled: true }, rows)]),
    "|  | H |\n| --- | --- |\n| 1 | a |\n| 2 | b |",
  );
  assertEquals(
    markdown(
      table('<th class="numberingColumn"></th><th>H</th>', '<td class="numberingColumn">1</td><td>a</td>'),
    ),
    "|  | H |\n| --- | --- |\n| 1 | a |",
  );
});

Deno.test("toText() writes a merged ADF cell once", () => {
  const rows = [
    node("tableRow", {}, [
      node("tableCell", { rowspan: 2, colspan: 2 }, [para("x")]),
      node("tableCell", {}, [para("a")]),
    ]),
    node("tableRow", {}, [node("tableCell", {}, [para("b")])]),
  ];
  assertEquals(adfText([node("table", {}, rows)]), "x\ta\nb");
});

Deno.test("toMarkdown() keeps macro comments in cells", () => {
  assertStringIncludes(
    markdown(table(`<td>a ${macro("children", { depth: "2" })}</td>`)),
    '| a <!-- macro: children depth="2" --> |',
  );
});
