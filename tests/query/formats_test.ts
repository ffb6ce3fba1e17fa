import { assertEquals } from "@std/assert";
import fc from "fast-check";
import { csvLine } from "../../src/query/csv.ts";
import { jsonRow, toBase64, uniqueNames } from "../../src/query/json.ts";

Deno.test("csvLine quotes what needs it and tells empty text from NULL", () => {
  assertEquals(
    csvLine(["a", 1, null, "", 'say "hi"', "x,y", "two\nlines", " pad "]),
    'a,1,,"","say ""hi""","x,y","two\nlines"," pad "\n',
  );
  assertEquals(csvLine([1.5, 9007199254740993n, new Uint8Array([0, 255])]), "1.5,9007199254740993,AP8=\n");
});

Deno.test("csvLine disarms text that a spreadsheet would run, and leaves numbers alone", () => {
  const cells: [string, string][] = [
    ["=1+1", "'=1+1"],
    ["+49 30", "'+49 30"],
    ["-5", "'-5"],
    ["@SUM(A1)", "'@SUM(A1)"],
    ["\t=1", "'\t=1"],
    ["\r=1", `"'\r=1"`],
    ["\n=1", `"'\n=1"`],
    ["＝1", "'＝1"],
    ['=HYPERLINK("x","y")', `"'=HYPERLINK(""x"",""y"")"`],
    ["a=1", "a=1"],
  ];
  for (const [text, cell] of cells) assertEquals(csvLine([text]), `${cell}\n`);
  assertEquals(csvLine([-5, -1.5, -5n]), "-5,-1.5,-5\n");
});

Deno.test("csvLine is read back by the rules of RFC 4180", () => {
  fc.assert(fc.property(fc.array(fc.string({ unit: "binary" }), { minLength: 1 }), (cells) => {
    assertEquals(
      readCsvLine(csvLine(cells)),
      cells.map((cell) => /^[=+\-@\t\r\n\uff1d\uff0b\uff0d\uff20]/.test(cell) ? `'${cell}` : cell),
    );
  }));
});

/** Written apart from the writer: a state machine over characters. */
function readCsvLine(line: string): string[] {
  const cells: string[] = [];
  let cell = "";
  let quoted = false;
  for (let i = 0; i < line.length; i++) {
    const character = line[i]!;
    if (quoted) {
      if (character !== '"') cell += character;
      else if (line[i + 1] === '"') cell += line[++i];
      else quoted = false;
    } else if (character === '"') {
      quoted = true;
    } else if (character === "," || (character === "\n" && i === line.length - 1)) {
      cells.push(cell);
      cell = "";
    } else {
      cell += character;
    }
  }
  return cells;
}

Deno.test("jsonRow keeps every digit, and no value is lost to an equal name", () => {
  const row = jsonRow(["id", "id", "n", "bytes", 'a"b']);
  assertEquals(
    row(["x", null, 9223372036854775807n, new Uint8Array([1]), "\n"]),
    '{"id":"x","id:1":null,"n":9223372036854775807,"bytes":"AQ==","a\\"b":"\\n"}',
  );
  assertEquals(jsonRow(["x", "y"])([Infinity, -Infinity]), '{"x":9e999,"y":-9e999}');
});

Deno.test("uniqueNames gives each column its own name", () => {
  assertEquals(uniqueNames(["a", "a", "a:1", "b", "a"]), ["a", "a:2", "a:1", "b", "a:3"]);
  fc.assert(fc.property(fc.array(fc.constantFrom("a", "a:1", "a:2", "b")), (names) => {
    const unique = uniqueNames(names);
    assertEquals(new Set(unique).size, names.length);
  }));
});

Deno.test("toBase64 takes bytes of any length", () => {
  const bytes = new Uint8Array(100_001).fill(7);
  assertEquals(Uint8Array.from(atob(toBase64(bytes)), (c) => c.charCodeAt(0)), bytes);
});
