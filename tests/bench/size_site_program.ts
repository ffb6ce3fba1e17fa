/**
 * A site of any size that holds no page: each is made when it is asked for. It answers only what an ingest of pages and labels asks, as
 * quickly as it can. Says its address on stdout, then a line after every so many pages; ends when stdin does.
 */

/** What the site looks like. */
export interface SizePlan {
  readonly spaces: number;
  readonly pagesPerSpace: number;
  /** Pages between two lines. */
  readonly every: number;
}

const plan = JSON.parse(Deno.args[0]!) as SizePlan;
const BATCH = 250;
const FIRST_SPACE = 5_000;
const FIRST_PAGE = 10_000_000;
const START = Date.parse("2025-01-01T00:00:00Z");
const WORDS =
  "harbour engine crane report weekly budget release ticket customer review meeting invoice server backup plan draft owner deadline"
    .split(" ");

/** A body of some three hundred characters; no two pages have the same. */
function bodyOf(n: number): string {
  let text = "";
  for (let i = 0; i < 36; i++) text += `${WORDS[(n * 7 + i * i + (n >> 5)) % WORDS.length]} `;
  return `<h2>Notes ${n}</h2><p>${text}</p>`;
}

function timeOf(i: number): string {
  return new Date(START + i * 60_000).toISOString();
}

function pageRow(space: number, i: number, withBody: boolean): string {
  const first = FIRST_PAGE + space * plan.pagesPerSpace;
  const id = first + i;
  const parent = i === 0 ? "null" : `"${first + Math.floor((i - 1) / 10)}"`;
  const parentType = i === 0 ? "null" : '"page"';
  const body = withBody ? `,"body":{"storage":{"representation":"storage","value":"${bodyOf(id)}"}}` : "";
  return `{"id":"${id}","status":"current","title":"Page ${id}","spaceId":"${
    FIRST_SPACE + space
  }","parentId":${parent},` +
    `"parentType":${parentType},"position":${i},"authorId":"a${id % 500}","ownerId":"a${
      id % 500
    }","createdAt":"${timeOf(i)}",` +
    `"version":{"number":1,"message":"","minorEdit":false,"authorId":"a${id % 500}","createdAt":"${
      timeOf(i)
    }"}${body},` +
    `"_links":{"webui":"/spaces/S${space}/pages/${id}/Page+${id}"}}`;
}

function hitRow(space: number, i: number): string {
  const id = FIRST_PAGE + space * plan.pagesPerSpace + i;
  const labels = i % 10 === 0 ? `{"id":"1","name":"label-${i % 7}","prefix":"global"}` : "";
  return `{"id":"${id}","type":"page","status":"current","title":"Page ${id}","space":{"key":"S${space}"},` +
    `"version":{"number":1,"when":"${
      timeOf(i)
    }"},"metadata":{"labels":{"results":[${labels}],"start":0,"limit":200,"size":1}}}`;
}

function spaceRow(space: number): string {
  return `{"id":"${
    FIRST_SPACE + space
  }","key":"S${space}","name":"Space ${space}","type":"global","status":"current",` +
    `"createdAt":"${timeOf(0)}","homepageId":null,"_links":{"webui":"/spaces/S${space}"}}`;
}

let served = 0;

function rows(from: number, row: (i: number) => string): { text: string; next: number | null } {
  const until = Math.min(from + BATCH, plan.pagesPerSpace);
  const parts: string[] = [];
  for (let i = from; i < until; i++) parts.push(row(i));
  return { text: parts.join(","), next: until < plan.pagesPerSpace ? until : null };
}

function listPages(space: number, query: URLSearchParams): string {
  const withBody = query.has("body-format");
  const from = Number(query.get("cursor") ?? 0);
  const { text, next } = rows(from, (i) => pageRow(space, i, withBody));
  const before = served;
  served += (next ?? plan.pagesPerSpace) - from;
  if (Math.floor(served / plan.every) > Math.floor(before / plan.every)) say(String(served));
  query.set("cursor", String(next));
  const link = next === null ? "" : `"next":"/wiki/api/v2/spaces/${FIRST_SPACE + space}/pages?${query}"`;
  return `{"results":[${text}],"_links":{${link}}}`;
}

function search(query: URLSearchParams): string {
  const cql = query.get("cql")!;
  const changes = cql.includes("lastmodified");
  const space = Number(/space = "S(\d+)"/i.exec(cql)?.[1]);
  const { text, next } = changes
    ? { text: "", next: null }
    : rows(Number(query.get("cursor") ?? 0), (i) => hitRow(space, i));
  query.set("cursor", String(next));
  const link = next === null ? "" : `"next":"/rest/api/content/search?${query}"`;
  return `{"results":[${text}],"start":0,"limit":250,"size":250,"_links":{${link}}}`;
}

function answer(url: URL): string | null {
  const pages = /^\/wiki\/api\/v2\/spaces\/(\d+)\/pages$/.exec(url.pathname);
  if (pages !== null) return listPages(Number(pages[1]) - FIRST_SPACE, url.searchParams);
  switch (url.pathname) {
    case "/wiki/rest/api/user/current":
      return '{"type":"known","accountId":"a1","displayName":"Ana"}';
    case "/wiki/api/v2/spaces": {
      const all = Array.from({ length: plan.spaces }, (_, space) => space);
      const asked = url.searchParams.getAll("ids").flatMap((ids) => ids.split(","));
      const chosen = asked.length === 0
        ? all
        : all.filter((space) => asked.includes(String(FIRST_SPACE + space)));
      return `{"results":[${chosen.map(spaceRow).join(",")}],"_links":{}}`;
    }
    case "/wiki/rest/api/content/search":
      return search(url.searchParams);
  }
  return null;
}

function say(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

const server = Deno.serve({ port: 0, hostname: "127.0.0.1", onListen: () => {} }, (request) => {
  const text = answer(new URL(request.url));
  return new Response(text ?? `{"errors":[{"status":404,"title":"No such thing: ${request.url}"}]}`, {
    status: text === null ? 404 : 200,
    headers: { "content-type": "application/json" },
  });
});
say(`http://127.0.0.1:${server.addr.port}/wiki`);
for await (const _ of Deno.stdin.readable);
await server.shutdown();
