import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { createApp } from "../dist/app.mjs";
import { readFacts } from "../dist/facts.mjs";

const facts = readFacts({ ANYTIME_RELEASE: "42", ANYTIME_POOL: "green", GREETING: "<Hello & welcome>" });
const app = createApp(facts);
let origin = "";

before(async () => {
  await app.listen(0, "127.0.0.1");
  origin = `http://127.0.0.1:${app.port()}`;
});
after(() => app.close());

test("is healthy", async () => {
  const response = await fetch(`${origin}/healthz`);
  assert.equal(response.status, 200);
  assert.deepEqual(await response.json(), { ok: true });
});

test("says which release answers", async () => {
  const response = await fetch(`${origin}/api/hello`);
  const body = await response.json();
  assert.equal(body.release, "42");
  assert.equal(body.pool, "green");
  assert.match(body.build, /^[0-9a-f]{12}$/);
  assert.equal(response.headers.get("x-release"), "42");
});

test("shows a page, with what it is told escaped", async () => {
  const page = await (await fetch(`${origin}/`)).text();
  assert.match(page, /release <strong id="release">42<\/strong>/);
  assert.match(page, /&lt;Hello &amp; welcome&gt;/);
  assert.doesNotMatch(page, /<Hello/);
});

test("streams what it is", async () => {
  const stop = new AbortController();
  const response = await fetch(`${origin}/stream`, { signal: stop.signal });
  assert.equal(response.headers.get("content-type"), "text/event-stream");
  const { value } = await response.body.getReader().read();
  assert.match(new TextDecoder().decode(value), /data: \{.*"release":"42"/);
  stop.abort();
});

test("refuses what it does not know", async () => {
  assert.equal((await fetch(`${origin}/nothing`)).status, 404);
  assert.equal((await fetch(`${origin}/toString`)).status, 404);
  assert.equal((await fetch(`${origin}/`, { method: "POST" })).status, 405);
});

test("lets an open request finish when it closes", async () => {
  const other = createApp(facts);
  await other.listen(0, "127.0.0.1");
  const slow = fetch(`http://127.0.0.1:${other.port()}/api/slow?ms=150`);
  await fetch(`http://127.0.0.1:${other.port()}/healthz`);
  const closed = other.close();
  assert.equal((await slow).status, 200);
  await closed;
});
