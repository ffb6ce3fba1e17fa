import { assertEquals } from "@std/assert";
import { adfMarkdown, macro, markdown, node, para, plain, text, words } from "./support.ts";

Deno.test("toMarkdown() writes bullet and ordered lists, nested and tight", () => {
  assertEquals(
    markdown('<ul><li>a<ol start="3"><li>b</li><li>c</li></ol></li><li><p>d</p></li></ul>'),
    "- a\n\n  3. b\n  4. c\n- d",
  );
  assertEquals(markdown("<ol><li>a<ul><li>b</li></ul></li></ol>"), "1. a\n   - b");
});

Deno.test("toMarkdown() writes a list loosely where an item has several blocks", () => {
  assertEquals(
    markdown(`<ul><li><p>a</p>${macro("code", {}, plain("x"))}</li><li>b</li></ul>`),
    "- a\n\n  ```\n  x\n  ```\n\n- b",
  );
});

Deno.test("toMarkdown() parts two lists in a row with another sign", () => {
  assertEquals(markdown("<ul><li>a</li></ul><ul><li>b</li></ul><ul><li>c</li></ul>"), "- a\n\n* b\n\n- c");
  assertEquals(markdown("<ol><li>a</li></ol><ol><li>b</li></ol>"), "1. a\n\n1) b");
});

Deno.test("toMarkdown() does not let nested empty items become a rule", () => {
  assertEquals(markdown("<ul><li><ul><li><ul><li>x</li></ul></li></ul></li></ul>"), "- * - x");
});

const task = (status: string, body: string, more = "") =>
  `<ac:task><ac:task-id>1</ac:task-id><ac:task-uuid>u-1</ac:task-uuid><ac:task-status>${status}</ac:task-status>` +
  `<ac:task-body>${body}</ac:task-body>${more}</ac:task>`;

Deno.test("toMarkdown() writes tasks with their state, assignee and date", () => {
  const person = '<ac:link><ri:user ri:account-id="a1" /></ac:link>';
  const body = `<ac:task-list>${
    task(
      "incomplete",
      `<span class="placeholder-inline-tasks">${person} <time datetime="2026-02-03" /> write</span>`,
    )
  }${task("complete", "done")}</ac:task-list>`;
  assertEquals(markdown(body, { userName: () => "Ada" }), "- [ ] @Ada 2026-02-03 write\n- [x] done");
  assertEquals(text(body, { userName: () => "Ada" }), "@Ada 2026-02-03 write\ndone");
});

Deno.test("toMarkdown() nests a task list that stands beside a task under it", () => {
  const body = `<ac:task-list>${task("incomplete", "a")}<ac:task-list>${
    task("complete", "b")
  }</ac:task-list>${task("incomplete", "c")}</ac:task-list>`;
  assertEquals(markdown(body), "- [ ] a\n  - [x] b\n- [ ] c");
});

Deno.test("toMarkdown() writes ADF lists from their start", () => {
  const item = (value: string) => node("listItem", {}, [para(value)]);
  assertEquals(adfMarkdown([node("orderedList", { order: 7 }, [item("a"), item("b")])]), "7. a\n8. b");
  assertEquals(
    adfMarkdown([node("bulletList", {}, [item("a"), node("bulletList", {}, [item("b")])])]),
    "- a\n  - b",
  );
});

Deno.test("toMarkdown() writes ADF tasks, also nested ones and those with blocks", () => {
  const item = (state: string, ...content: unknown[]) => node("taskItem", { state }, content);
  const nested = node("taskList", {}, [item("DONE", words("b"))]);
  assertEquals(adfMarkdown([node("taskList", {}, [item("TODO", words("a")), nested])]), "- [ ] a\n  - [x] b");
  assertEquals(adfMarkdown([node("taskList", {}, [item("TODO", words("a"), nested)])]), "- [ ] a\n  - [x] b");
  assertEquals(
    adfMarkdown([node("taskList", {}, [node("blockTaskItem", { state: "DONE" }, [para("a")])])]),
    "- [x] a",
  );
});

Deno.test("toMarkdown() writes decisions with a diamond and no box", () => {
  const decision = node("decisionItem", { state: "DECIDED" }, [words("We ship")]);
  assertEquals(adfMarkdown([node("decisionList", {}, [decision])]), "- ◆ We ship");
});
