import { assert, assertEquals, assertThrows } from "@std/assert";
import { createIo, type IoOptions, ReaderGone, type TerminalFacts } from "../../src/cli/io.ts";
import { type SyncWriter, writeFully } from "../../src/cli/write_fully.ts";

const FACTS: TerminalFacts = {
  stdinIsTerminal: false,
  stdoutIsTerminal: false,
  stderrIsTerminal: false,
  columns: Infinity,
  color: false,
  quiet: false,
};

function collector(): SyncWriter & { text: string } {
  return {
    text: "",
    writeSync(bytes) {
      this.text += new TextDecoder().decode(bytes);
      return bytes.length;
    },
  };
}

function broken(): SyncWriter {
  return {
    writeSync() {
      throw new Deno.errors.BrokenPipe("pipe");
    },
  };
}

function io(facts: Partial<TerminalFacts> = {}, rest: Partial<IoOptions> = {}) {
  const stdout = collector();
  const stderr = collector();
  const made = createIo({
    facts: { ...FACTS, ...facts },
    redact: (text) => text.replaceAll("hunter2", "***"),
    outlivesReader: false,
    stdout,
    stderr,
    now: () => 0,
    terminalColumns: () => 80,
    ...rest,
  });
  return { io: made, stdout, stderr };
}

Deno.test("writeFully writes all of it to a pipe that takes three bytes at a time and is busy in between", () => {
  let text = "";
  let calls = 0;
  writeFully({
    writeSync(bytes) {
      if (calls++ % 2 === 1) throw new Deno.errors.WouldBlock("busy");
      text += new TextDecoder().decode(bytes.subarray(0, 3));
      return Math.min(3, bytes.length);
    },
  }, "hello world");
  assertEquals(text, "hello world");
});

Deno.test("io.out is data as it is, io.err is talk without secrets", () => {
  const { io: both, stdout, stderr } = io();
  both.out("hunter2\n");
  both.err("the token hunter2\n");
  assertEquals([stdout.text, stderr.text], ["hunter2\n", "the token ***\n"]);
});

Deno.test("io.out ends a command whose reader is gone, unless its work is more than what it prints", () => {
  const query = io({}, { stdout: broken() });
  assertThrows(() => query.io.out("x"), ReaderGone);
  query.io.out("after that nothing is written");
  const ingest = io({}, { stdout: broken(), outlivesReader: true });
  ingest.io.out("x");
});

Deno.test("io.err does not care whether anybody reads it", () => {
  const { io: deaf } = io({}, { stderr: broken() });
  deaf.err("x");
  deaf.progress.update("y");
});

Deno.test("io.progress makes remote text harmless and keeps secrets out", () => {
  const { io: shown, stderr } = io({ stderrIsTerminal: true });
  shown.progress.update("page \x1b[2J hunter2\n");
  assertEquals(stderr.text, "\r\x1b[2Kpage \\x1b[2J ***\\n");
});

Deno.test("io.progress is silent when it shall be quiet", () => {
  const { io: quiet, stderr } = io({ quiet: true });
  quiet.progress.update("x");
  quiet.progress.log("y");
  quiet.progress.end();
  assertEquals(stderr.text, "");
});

Deno.test("io.out takes the status line away before data on the same screen", () => {
  const { io: screen, stderr } = io({ stdoutIsTerminal: true, stderrIsTerminal: true });
  screen.progress.update("working");
  screen.out("data\n");
  assert(stderr.text.endsWith("\r\x1b[2K"));
});

Deno.test("io.color needs a terminal on stdout and nobody against it", () => {
  assertEquals(io({ color: true }).io.color, false);
  assertEquals(io({ stdoutIsTerminal: true }).io.color, false);
  assertEquals(io({ color: true, stdoutIsTerminal: true }).io.color, true);
});
