import { assertEquals } from "@std/assert";
import fc from "fast-check";
import type { XmlNode } from "../../src/content/storage/element.ts";
import { parseXhtml } from "../../src/content/storage/parse_xhtml.ts";

/** The tree in short: `name[attributes](children)`, texts in quotes, CDATA in `!`. */
function short(nodes: readonly XmlNode[]): string {
  return nodes.map((node) => {
    if (node.kind !== "element") return node.kind === "cdata" ? `!${node.value}!` : `"${node.value}"`;
    const attributes = [...node.attributes].map(([name, value]) => `${name}=${value}`).join(" ");
    return `${node.name}${attributes === "" ? "" : `[${attributes}]`}(${short(node.children)})`;
  }).join(" ");
}

const tree = (source: string) => short(parseXhtml(source).children);

Deno.test("parseXhtml() reads elements, attributes, text and CDATA", () => {
  assertEquals(
    tree("<p class=\"a\" x='b'>t<ac:x-y/><![CDATA[<c>&amp;]]></p>"),
    'p[class=a x=b]("t" ac:x-y() !<c>&amp;!)',
  );
});

Deno.test("parseXhtml() reads names without regard to case and keeps the first of two attributes", () => {
  assertEquals(tree('<P A="1" a="2">x</p>'), 'p[a=1]("x")');
});

Deno.test("parseXhtml() decodes entities that end in a semicolon, once", () => {
  assertEquals(
    tree('<a t="&quot;&lt;&#65;&copy"/>&amp;lt; &copy=1 &nosuch;'),
    'a[t="<A&copy]() "&lt; &copy=1 &nosuch;"',
  );
});

Deno.test("parseXhtml() reads unquoted, empty and broken attributes", () => {
  assertEquals(tree("<a b=c d e= f='>' >x</a>"), `a[b=c d= e=f=']("' >x")`);
  assertEquals(tree('<a b="1>x</a>'), 'a[b=1]("x")');
});

Deno.test("parseXhtml() closes what an end tag leaves open and ignores strays", () => {
  assertEquals(tree("<a><b>x</a></b>y"), 'a(b("x")) "y"');
  assertEquals(tree("</x><a>1</a></a>2"), 'a("1") "2"');
});

Deno.test("parseXhtml() takes an angle bracket that begins no tag for text", () => {
  assertEquals(tree("a < b <3 <> c</ d"), '"a < b <3 <> c</ d"');
});

Deno.test("parseXhtml() begins a new tag where one is not closed", () => {
  assertEquals(tree("<a b=1 <c>x"), 'a[b=1](c("x"))');
});

Deno.test("parseXhtml() skips comments, declarations and document types", () => {
  assertEquals(tree('<?xml version="1.0"?><!DOCTYPE a [<!ENTITY b "c">]><!-- <x> -->t'), '"t"');
  assertEquals(tree("a<!-- never closed"), '"a<!-- never closed"');
});

Deno.test("parseXhtml() ends an open CDATA section with its element", () => {
  assertEquals(tree("<ac:plain-text-body><![CDATA[x</ac:plain-text-body>y"), 'ac:plain-text-body(!x!) "y"');
  assertEquals(tree("<a><![CDATA[x"), "a(!x!)");
});

Deno.test("parseXhtml() says when it bent the depth or the number of elements", () => {
  assertEquals(parseXhtml("<a>".repeat(100)).tooDeep, false);
  assertEquals(parseXhtml("<a>".repeat(1000)).tooDeep, true);
  assertEquals(parseXhtml("<a/>".repeat(1000)).tooMany, false);
  assertEquals(parseXhtml("<a/>".repeat(400_001)).tooMany, true);
});

Deno.test("parseXhtml() reads any text and keeps the characters outside of markup", () => {
  fc.assert(fc.property(fc.string({ unit: "binary" }), (source) => {
    const { children } = parseXhtml(source);
    if (!/[<&]|\]\]/.test(source)) {
      assertEquals(short(children), source === "" ? "" : `"${source.toWellFormed()}"`);
    }
  }));
});

Deno.test("parseXhtml() reads back any tree that is written properly", () => {
  const name = fc.constantFrom("p", "ac:link", "ri:page", "x");
  const value = fc.string({ unit: fc.constantFrom("a", "&", "<", ">", '"', "'", " ", "é", "]") });
  const escape = (text: string) =>
    text.replace(/&/g, "&amp;").replace(/</g, "&lt;").replace(/>/g, "&gt;").replace(/"/g, "&quot;");
  interface Written {
    readonly source: string;
    readonly shown: string;
  }
  const { node } = fc.letrec<{ node: Written }>((tie) => ({
    node: fc.oneof(
      { depthSize: "small" },
      value.filter((text) => text !== "").map((text) => ({
        source: `<y>${escape(text)}</y>`,
        shown: `y("${text}")`,
      })),
      fc.tuple(name, value, fc.array(tie("node"), { maxLength: 3 })).map(([tag, attribute, children]) => ({
        source: `<${tag} k="${escape(attribute)}">${children.map((child) => child.source).join("")}</${tag}>`,
        shown: `${tag}[k=${attribute}](${children.map((child) => child.shown).join(" ")})`,
      })),
    ),
  }));
  fc.assert(fc.property(node, ({ source, shown }) => assertEquals(tree(source), shown)));
});
