import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openRunningPortal, type RunningPortal } from "./running-portal.ts";
import { sessionCookie, signIn } from "./sign-in.ts";

/** Signing in and out as a browser does it, and as somebody does it who should not get in. */
let portal: RunningPortal;
beforeAll(async () => {
  portal = await openRunningPortal();
});
afterAll(() => portal.stop());
beforeEach(() => portal.database.client.sql`truncate sign_in_failures`);

const engineer = "engineer@example.org";
const problemOf = async (response: Response) =>
  new URL(((await response.json()) as { url: string }).url).searchParams.get("error");
const statusWith = async (cookie: string) =>
  (await portal.ask("/api/trpc/session.current", { headers: { cookie } })).status;
const signedIn = async (form: Record<string, string> = {}, brought: string[] = []) => {
  const cookie = sessionCookie(await signIn(portal, form, brought));
  if (cookie === null) throw new Error("Nobody was signed in.");
  return cookie.pair;
};
/** As if so many had failed a moment ago. */
const failed = (times: number, kind: string) => portal.database.client.sql`
  update sign_in_failures set failures = ${times}, last_at = now() where key like ${`${kind}:%`}`;

test("guesses at one account are slowed down, also for the right password, and others get in", async () => {
  expect(await problemOf(await signIn(portal, { email: engineer, password: "a guess" }))).toContain("wrong");
  await failed(20, "account");
  for (const email of [engineer, ` ${engineer.toUpperCase()} `]) {
    const refused = await signIn(portal, { email });
    expect(sessionCookie(refused)).toBeNull();
    expect(await problemOf(refused)).toMatch(/^Too many failed sign-ins\. Wait /);
  }
  expect(await statusWith(await signedIn())).toBe(200);
});

test("guesses from one address are slowed down, whatever the account and what the request says of itself", async () => {
  await signIn(portal, { email: "nobody@example.org", password: "a guess" });
  await failed(40, "address");
  expect(await problemOf(await signIn(portal))).toContain("Too many");
  const elsewhere = { "x-anytime-address": "192.0.2.1", "x-forwarded-for": "192.0.2.1" };
  const { csrfToken, cookie } = await csrf();
  const forged = await portal.ask("/api/auth/callback/credentials", {
    method: "POST",
    headers: { ...elsewhere, cookie, "sec-fetch-site": "same-origin" },
    body: new URLSearchParams({ csrfToken, email: engineer, password: "a guess", json: "true" }),
  });
  expect(await problemOf(forged)).toContain("Too many");
});

async function csrf(): Promise<{ csrfToken: string; cookie: string }> {
  const response = await portal.ask("/api/auth/csrf");
  const { csrfToken } = (await response.json()) as { csrfToken: string };
  return { csrfToken, cookie: response.headers.getSetCookie()[0]?.split(";")[0] ?? "" };
}

test("an account that does not exist, and one with another password, are told the same", async () => {
  const answers = [];
  for (const email of ["nobody@example.org", engineer]) {
    const response = await signIn(portal, { email, password: "a guess" });
    answers.push([response.status, await problemOf(response)]);
  }
  expect(answers[0]).toEqual(answers[1]);
});

test("signing in makes a session of its own: one that a browser was given before is not taken over", async () => {
  const planted = await portal.cookieOf("stakeholder");
  const own = await signedIn({ email: engineer }, [planted]);
  expect(own).not.toBe(planted);
  const current = await portal.ask("/api/trpc/session.current", { headers: { cookie: own } });
  expect(await current.json()).toMatchObject({ result: { data: { user: { email: engineer } } } });
  expect(await signedIn({ email: engineer })).not.toBe(own);
});

test("a sign-in without the portal's own token against forgery is none", async () => {
  const { cookie } = await csrf();
  for (const csrfToken of ["", "made-up", "0".repeat(64)]) {
    const response = await portal.ask("/api/auth/callback/credentials", {
      method: "POST",
      headers: { cookie, "sec-fetch-site": "same-origin" },
      body: new URLSearchParams({ csrfToken, email: engineer, password: "correct horse battery" }),
    });
    expect(sessionCookie(response)).toBeNull();
  }
});

test("signing out everywhere ends every session at once, pages and streams of it too", async () => {
  const [here, there] = [await signedIn({ email: engineer }), await signedIn({ email: engineer })];
  const stream = await portal.ask("/api/live", { headers: { cookie: there } });
  expect(stream.status).toBe(200);
  const answer = await portal.ask("/api/trpc/session.signOutEverywhere", {
    method: "POST",
    headers: { cookie: here, origin: portal.url, "content-type": "application/json" },
  });
  expect(answer.status).toBe(200);
  expect([await statusWith(here), await statusWith(there)]).toEqual([401, 401]);
  await expect(stream.text()).resolves.toEqual(expect.any(String));
});

test("a session that was tampered with, or made elsewhere, is none", async () => {
  const cookie = await signedIn();
  const [name, value = ""] = cookie.split("=");
  const [header, ...rest] = value.split(".");
  const none = Buffer.from('{"alg":"none"}').toString("base64url");
  for (const forged of [`${value}x`, [none, ...rest].join("."), [header, "", "", "", ""].join("."), "e30."]) {
    expect([forged, await statusWith(`${name}=${forged}`)]).toEqual([forged, 401]);
  }
});

test("signing out ends the session also for whoever kept its cookie, and no other session", async () => {
  const [here, there] = [await signedIn({ email: engineer }), await signedIn({ email: engineer })];
  const { csrfToken, cookie } = await csrf();
  const ask = (token: string) =>
    portal.ask("/api/auth/signout", {
      method: "POST",
      headers: { cookie: `${here}; ${cookie}`, "sec-fetch-site": "same-origin" },
      body: new URLSearchParams({ csrfToken: token, json: "true" }),
    });
  await ask("made-up");
  expect(await statusWith(here)).toBe(200);
  await ask(csrfToken);
  expect([await statusWith(here), await statusWith(there)]).toEqual([401, 200]);
});

test("a browser in which one has signed in before does not wait for strangers' guesses", async () => {
  const first = await signIn(portal, { email: engineer });
  const browser = sessionCookie(first, "anytime.browser");
  expect(browser?.flags).toEqual(expect.arrayContaining(["HttpOnly", "SameSite=Lax", "Path=/"]));
  await signIn(portal, { email: engineer, password: "a guess" });
  await failed(20, "account");
  expect(sessionCookie(await signIn(portal, { email: engineer }))).toBeNull();
  expect(sessionCookie(await signIn(portal, { email: engineer }, [browser?.pair ?? ""]))).not.toBeNull();
});
