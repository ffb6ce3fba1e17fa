import { assert, assertEquals } from "@std/assert";
import { FakeConfluence } from "../support/fake/mod.ts";
import { runCli } from "../support/run_cli.ts";
import { withTempDir } from "../support/temp_dir.ts";

Deno.test("Deno's own OpenTelemetry tells a collector of every request of an ingest, and of no credentials", () =>
  withTempDir(async (dir) => {
    const fake = new FakeConfluence();
    fake.site.addSpace({ key: "DOCS" });
    fake.site.addPage({ spaceKey: "DOCS", title: "One" });
    await using site = await fake.serve();
    let sent = "";
    const collector = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, async (request) => {
      sent += `${new URL(request.url).pathname} ${await request.text()}\n`;
      return Response.json({});
    });
    const { code, stderr } = await runCli(["ingest", "--all-spaces"], {
      cwd: dir,
      site,
      env: {
        OTEL_DENO: "true",
        OTEL_SERVICE_NAME: "confluence-index",
        OTEL_EXPORTER_OTLP_PROTOCOL: "http/json",
        OTEL_EXPORTER_OTLP_ENDPOINT: `http://127.0.0.1:${collector.addr.port}`,
      },
    });
    await collector.shutdown();
    assertEquals(code, 0, stderr);
    assert(sent.includes("/v1/traces "), sent.slice(0, 200));
    for (const path of ["/wiki/rest/api/user/current", "/wiki/api/v2/spaces"]) {
      assert(sent.includes(path), path);
    }
    for (const secret of ["test-token-ana", btoa("ana@example.com:test-token-ana")]) {
      assert(!sent.includes(secret));
    }
  }));
