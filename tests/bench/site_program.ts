/**
 * The other side of the benchmarks: serves a fake Confluence, so that its work is not counted as ours. Says its address
 * on stdout and ends when stdin does.
 */
import { FakeConfluence } from "../support/fake/mod.ts";
import type { SitePlan } from "./served_site.ts";

const plan = JSON.parse(Deno.args[0]!) as SitePlan;
const fake = new FakeConfluence({ settings: { latencyMs: plan.latencyMs } });
for (const { key, pages, attachments } of plan.spaces) {
  fake.site.addSpace({ key, name: `Space ${key}` });
  fake.site.fill({ spaceKey: key, pages, attachments, bodyBytes: plan.bodyBytes });
}
fake.site.index.flush();
const running = await fake.serve();
await Deno.stdout.write(new TextEncoder().encode(`${running.baseUrl}\n`));
for await (const _ of Deno.stdin.readable);
await running.shutdown();
