import { assert, assertEquals, assertRejects } from "@std/assert";
import fc from "fast-check";
import { parseEnv } from "node:util";
import { setVariables } from "../../../src/cli/configure/dot_env_text.ts";
import { writeDotEnv } from "../../../src/cli/configure/write_dot_env.ts";
import { ConfluenceIndexError } from "../../../src/errors.ts";
import { withTempDir } from "../../support/temp_dir.ts";

Deno.test("setVariables() replaces, adds and takes out, and keeps comments, order and foreign variables", () => {
  const before = "# mine\nOTHER='a b'\nexport TOKEN=old\n\nCLOUD=1\nTOKEN=older\n#TOKEN=example\n";
  assertEquals(
    setVariables(before, { TOKEN: "new=#1", CLOUD: null, EMAIL: "a@b.c" }),
    "# mine\nOTHER='a b'\nTOKEN='new=#1'\n\n#TOKEN=example\nEMAIL=a@b.c\n",
  );
  assertEquals(setVariables("", { TOKEN: "x" }), "TOKEN=x\n");
});

Deno.test("setVariables() gives up where another variable's value looks like a line of its own", () => {
  assertEquals(setVariables('NOTE="one\nTOKEN=two"\n', { TOKEN: "x" }), null);
});

Deno.test("setVariables() is read back by the reader of .env, whatever the value", () => {
  const value = fc.string({
    unit: fc.integer({ min: 0x21, max: 0x7e }).map((code) => String.fromCharCode(code)),
    minLength: 1,
  });
  fc.assert(fc.property(value, value, (token, other) => {
    const before = `A=1\nTOKEN=${"x"}\nB='${other.replaceAll("'", "")}'\n`;
    const after = setVariables(before, { TOKEN: token });
    // Null: the file has no way to say a text with every kind of quote.
    if (after === null) return /'/.test(token) && /"/.test(token) && /`/.test(token);
    assertEquals(parseEnv(after), { ...parseEnv(before), TOKEN: token });
  }));
});

const isUnix = Deno.build.os !== "windows";

Deno.test({
  name: "writeDotEnv() makes the file private, also where it was open to all",
  ignore: !isUnix,
  fn: () =>
    withTempDir(async (dir) => {
      const path = `${dir}/.env`;
      await Deno.writeTextFile(path, "KEEP=1\n");
      await Deno.chmod(path, 0o666);
      await writeDotEnv(path, { TOKEN: "x" });
      assertEquals(await Deno.readTextFile(path), "KEEP=1\nTOKEN=x\n");
      assertEquals((await Deno.stat(path)).mode! & 0o777, 0o600);
      assertEquals((await Array.fromAsync(Deno.readDir(dir))).length, 1);
    }),
});

Deno.test({
  name: "writeDotEnv() writes through no link, neither .env's nor one planted for its temporary file",
  ignore: !isUnix,
  fn: () =>
    withTempDir(async (dir) => {
      await Deno.writeTextFile(`${dir}/target`, "untouched");
      await Deno.symlink(`${dir}/target`, `${dir}/.env`);
      const error = await assertRejects(
        () => writeDotEnv(`${dir}/.env`, { TOKEN: "x" }),
        ConfluenceIndexError,
        "it is a link",
      );
      assertEquals(error.code, "files");
      await Deno.remove(`${dir}/.env`);
      await Deno.symlink(`${dir}/target`, `${dir}/.env.new`);
      await writeDotEnv(`${dir}/.env`, { TOKEN: "x" });
      assertEquals(await Deno.readTextFile(`${dir}/target`), "untouched");
      assert((await Deno.lstat(`${dir}/.env`)).isFile);
    }),
});
