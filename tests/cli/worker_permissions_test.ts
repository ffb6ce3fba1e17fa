/** What the derived permissions mean at run time: tried inside a worker that has them. */
import { assertEquals } from "@std/assert";
import type { Command } from "../../src/cli/command.ts";
import { resolveConfig } from "../../src/cli/config.ts";
import { command as configure } from "../../src/cli/configure/command.ts";
import { command as doctor } from "../../src/cli/doctor/command.ts";
import { command as exportCommand } from "../../src/cli/export/command.ts";
import { command as ingest } from "../../src/cli/ingest/command.ts";
import { derivePermissions } from "../../src/cli/permissions.ts";
import { command as query } from "../../src/cli/query/command.ts";
import { withTempDir } from "../support/temp_dir.ts";
import type { Findings, Probe } from "./probe_worker.ts";

const REFUSED = "NotCapable";

async function probed(command: Command): Promise<Findings> {
  return await withTempDir(async (dir) => {
    await Deno.mkdir(`${dir}/data`);
    await Deno.mkdir(`${dir}/other`);
    await Deno.writeTextFile(`${dir}/data/index.db`, "x");
    await Deno.writeTextFile(`${dir}/other/secret.ts`, "export {};");
    const serve = () =>
      Deno.serve({ hostname: "127.0.0.1", port: 0, onListen() {} }, () => new Response("x"));
    await using own = serve();
    await using other = serve();
    const { config } = await resolveConfig(
      command,
      new Map([["db", `${dir}/data/index.db`], ["out", `${dir}/out`]]),
      {
        CONFLUENCE_BASE_URL: `http://127.0.0.1:${own.addr.port}/wiki`,
        CONFLUENCE_EMAIL: "ana@example.com",
        CONFLUENCE_API_TOKEN: "test-token",
      },
      {},
    );
    const permissions = derivePermissions(command.needs, config);
    const worker = new Worker(new URL("./probe_worker.ts", import.meta.url), {
      type: "module",
      deno: {
        permissions: {
          ...permissions,
          net: [...permissions.net],
          read: [...permissions.read],
          write: [...permissions.write],
          env: [...permissions.env],
          sys: [...permissions.sys],
        },
      },
    });
    const answer = Promise.withResolvers<Findings>();
    worker.addEventListener("message", ({ data }) => answer.resolve(data));
    worker.addEventListener("error", (event) => {
      event.preventDefault();
      answer.reject(new Error(event.message));
    });
    const probe: Probe = {
      ownFile: `${dir}/data/index.db`,
      otherFile: `${dir}/other/secret.ts`,
      ownTarget: `${dir}/data/index.db`,
      otherTarget: `${dir}/other/new.txt`,
      ownUrl: `http://127.0.0.1:${own.addr.port}/`,
      otherUrl: `http://127.0.0.1:${other.addr.port}/`,
      otherModule: `file://${dir}/other/secret.ts`,
    };
    worker.postMessage(probe);
    try {
      return await answer.promise;
    } finally {
      worker.terminate();
    }
  });
}

Deno.test("a worker of ingest reaches its site and its folders, and no other host, folder, program or secret", async () => {
  const findings = await probed(ingest);
  assertEquals(findings, {
    "read own": "ok",
    "read other": REFUSED,
    "write own": "ok",
    "write other": REFUSED,
    "net own": "ok",
    "net other": REFUSED,
    "run": REFUSED,
    "env": REFUSED,
    "env secret": REFUSED,
    "import": findings["import"]!,
    "sys": REFUSED,
    // The addon of libSQL is native code; ffi cannot be told which.
    "ffi": findings["ffi"]!,
  });
  assertEquals(findings["import"] === "ok", false);
});

Deno.test("a worker of query reads the database's file and does nothing else", async () => {
  const { import: imported, ...findings } = await probed(query);
  assertEquals(findings, {
    "read own": "ok",
    "read other": REFUSED,
    "write own": REFUSED,
    "write other": REFUSED,
    "net own": REFUSED,
    "net other": REFUSED,
    "run": REFUSED,
    "env": REFUSED,
    "env secret": REFUSED,
    "sys": REFUSED,
    "ffi": REFUSED,
  });
  assertEquals(imported === "ok", false);
});

const NOTHING_ELSE = {
  "read other": REFUSED,
  "write other": REFUSED,
  "net other": REFUSED,
  "run": REFUSED,
  "env": REFUSED,
  "env secret": REFUSED,
  "sys": REFUSED,
};

Deno.test("a worker of export has no network, loads no native code, and cannot write to the index", async () => {
  const { import: imported, ...findings } = await probed(exportCommand);
  assertEquals(findings, {
    ...NOTHING_ELSE,
    "read own": "ok",
    "write own": REFUSED,
    "net own": REFUSED,
    "ffi": REFUSED,
  });
  assertEquals(imported === "ok", false);
});

Deno.test("a worker of doctor reaches its site and its database, and loads no native code", async () => {
  const { import: imported, ...findings } = await probed(doctor);
  assertEquals(findings, {
    ...NOTHING_ELSE,
    "read own": "ok",
    "write own": "ok",
    "net own": "ok",
    "ffi": REFUSED,
  });
  assertEquals(imported === "ok", false);
});

Deno.test("a worker of configure reaches its site, and no folder at all", async () => {
  const { import: imported, ...findings } = await probed(configure);
  assertEquals(findings, {
    ...NOTHING_ELSE,
    "read own": REFUSED,
    "write own": REFUSED,
    "net own": "ok",
    "ffi": REFUSED,
  });
  assertEquals(imported === "ok", false);
});
