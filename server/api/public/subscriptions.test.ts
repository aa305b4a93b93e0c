import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { insertServiceEnvironment } from "#db/testing/traffic-rows.ts";
import { linkToken } from "#server/kernel/link-token.ts";
import { portal } from "#server/kernel/portal.ts";
import { sealingKeys } from "#server/kernel/sealing-keys.ts";
import { rotateStoredKey } from "#server/kernel/stored-secrets.ts";
import { type ServedApi, serveApi } from "../testing/serve-api.ts";
import { handleAsk, handleConfirm, handleEnd } from "./handle-subscriptions.ts";

/** The forms about mails of the feed, over real HTTP. `shop` is public, `hidden` is not. */
let database: TestDatabase;
let api: ServedApi;

function handle(request: Request): Promise<Response> {
  const { pathname } = new URL(request.url);
  if (pathname === "/api/subscriptions") return handleAsk(request);
  return pathname === "/api/subscriptions/confirm" ? handleConfirm(request) : handleEnd(request);
}

beforeAll(async () => {
  database = await openTestDatabase();
  const { sql } = database.client;
  for (const service of ["shop", "hidden"]) {
    await insertServiceEnvironment(sql, { service, environment: "production" });
  }
  await sql`update services set is_public = slug = 'shop'`;
  await sql`update environments set is_shown = true`;
  api = await serveApi(database.client, handle, {
    ANYTIME_SMTP_URL: "smtp://127.0.0.1:1",
    ANYTIME_MAIL_FROM: "deploys@example.org",
  });
});
afterAll(async () => {
  await api.close();
  await database.close();
});
beforeEach(async () => {
  await database.client.sql`delete from subscriptions`;
  await database.client.sql`delete from sign_in_failures`;
});

const post = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
  fetch(`${api.url}${path}`, {
    method: "POST",
    redirect: "manual",
    headers,
    body: new URLSearchParams(form),
  });
/** From a page of the portal. */
const ask = (form: Record<string, string>) =>
  post("/api/subscriptions", form, { "sec-fetch-site": "same-origin" });
const rows = () =>
  database.client.sql`select address, service_id, cadence, state, link_id from subscriptions order by id`;
const placeOf = (response: Response) => [response.status, response.headers.get("location")];

async function tokenFor(
  purpose: "confirm a subscription" | "end a subscription",
  address = "bo@example.org",
) {
  const { settings, folders } = portal();
  const [row] = await database.client.sql`select link_id from subscriptions where address = ${address}`;
  return linkToken(sealingKeys(settings, folders.secretsFile), purpose, row?.link_id);
}

const usual = { address: "bo@example.org", service: "", cadence: "each", website: "" };

test("the answer is the same for every address, and whatever it is told already", async () => {
  const first = await ask(usual);
  await database.client.sql`update subscriptions set state = 'active'`;
  await database.client.sql`delete from sign_in_failures`;
  const again = await ask({ ...usual, cadence: "daily" });
  const soon = await ask({ ...usual, cadence: "daily" });
  for (const answer of [first, again, soon]) {
    expect(placeOf(answer)).toEqual([303, "/subscriptions?said=asked"]);
    expect(await answer.text()).toBe("");
  }
  expect(await rows()).toMatchObject([
    { address: "bo@example.org", cadence: "each", state: "active" },
    { address: "bo@example.org", cadence: "daily", state: "pending" },
  ]);
});

test("what makes no sense is said, and writes nothing", async () => {
  const place = async (form: Record<string, string>) =>
    (await ask({ ...usual, ...form })).headers.get("location");
  expect(await place({ address: "bo" })).toBe("/subscriptions?said=address");
  expect(await place({ address: "bo@example.org\r\nBcc: all@example.org" })).toBe(
    "/subscriptions?said=address",
  );
  expect(await place({ service: "hidden" })).toBe("/subscriptions?said=feed");
  expect(await place({ service: "nothing" })).toBe("/subscriptions?said=feed");
  expect(await place({ address: "x", service: "shop" })).toBe("/subscriptions?said=address&service=shop");
  expect(await place({ website: "https://spam.example" })).toBe("/subscriptions?said=asked");
  expect(placeOf(await post("/api/subscriptions", usual, { origin: "https://evil.example" }))).toEqual([
    303,
    "/subscriptions?said=elsewhere",
  ]);
  expect(await rows()).toEqual([]);
});

test("asking often is refused by where it comes from, and a mailbox is never filled", async () => {
  const answers: (string | null)[] = [];
  for (let n = 0; n < 14; n += 1) {
    answers.push((await ask({ ...usual, address: `reader${n}@example.org` })).headers.get("location"));
  }
  expect(answers[0]).toBe("/subscriptions?said=asked");
  expect(answers.at(-1)).toBe("/subscriptions?said=wait");
  expect((await rows()).length).toBeLessThan(14);

  await database.client.sql`delete from sign_in_failures`;
  await ask(usual);
  await database.client.sql`update subscriptions set next_try_at = null`;
  await ask(usual);
  expect(await database.client.sql`select 1 from subscriptions where next_try_at is not null`).toEqual([]);
});

test("a confirmation is a POST with the mailed token, works once, and not with another’s", async () => {
  await ask(usual);
  const token = await tokenFor("confirm a subscription");
  const confirm = async (given: string) =>
    (await post("/api/subscriptions/confirm", { token: given })).headers.get("location");
  expect(await confirm(await tokenFor("end a subscription"))).toBe("/subscriptions?said=unknown");
  expect(await confirm("")).toBe("/subscriptions?said=unknown");
  expect(await confirm(token)).toBe("/subscriptions?said=confirmed");
  expect(await rows()).toMatchObject([{ state: "active" }]);
  expect(await confirm(token)).toBe("/subscriptions?said=used");
});

test("one click in a mail program ends it, also after the key was rotated; looking at the link does not", async () => {
  await ask(usual);
  await post("/api/subscriptions/confirm", { token: await tokenFor("confirm a subscription") });
  const token = await tokenFor("end a subscription");
  const path = `/api/subscriptions/end/${token}`;
  rotateStoredKey(portal().folders.secretsFile);
  for (const method of ["GET", "HEAD"]) {
    const looked = await fetch(`${api.url}${path}`, { method, redirect: "manual" });
    expect(placeOf(looked)).toEqual([303, `/subscriptions/end/${token}`]);
  }
  expect(await rows()).toMatchObject([{ state: "active" }]);
  // As RFC 8058 has it: from anywhere, no cookie, no redirect; some send it as multipart.
  const body = new FormData();
  body.set("List-Unsubscribe", "One-Click");
  const clicked = await fetch(`${api.url}${path}`, { method: "POST", redirect: "manual", body });
  expect([clicked.status, await clicked.text()]).toEqual([200, "No more of these mails.\n"]);
  expect(await rows()).toMatchObject([{ state: "ended" }]);
  expect((await post(path, { "List-Unsubscribe": "One-Click" })).status).toBe(200);
  expect(placeOf(await post(path, { from: "page" }))).toEqual([303, "/subscriptions?said=ended"]);
  expect((await post("/api/subscriptions/end/nonsense", {})).status).toBe(404);
  expect(placeOf(await post("/api/subscriptions/end/nonsense", { from: "page" }))).toEqual([
    303,
    "/subscriptions?said=unknown",
  ]);
});

test("nothing of it says in the audit log who it was, or from where", async () => {
  const entries = await database.client.sql`
    select actor_kind, actor_name, actor_address, action, subject, before, after from audit_entries
    where action like 'subscriptions/%'`;
  expect(entries.length).toBeGreaterThan(0);
  for (const entry of entries) expect(entry).toMatchObject({ actor_name: "visitor", actor_address: null });
  expect(JSON.stringify(entries)).not.toContain("@");
});
