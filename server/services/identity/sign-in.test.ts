import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { followAudit } from "#db/testing/follow-audit.ts";
import { UnauthenticatedError } from "#server/kernel/errors.ts";
import { ensureAdministrator } from "./ensure-administrator.ts";
import { newBrowser } from "./known-browser.ts";
import { newSession, readSession } from "./session.ts";
import { signOut } from "./sign-out.ts";
import { signOutEverywhere } from "./sign-out-everywhere.ts";
import { verifyPassword } from "./verify-password.ts";

let database: TestDatabase;
const email = "ada@example.org";
const password = "correct horse battery";
const address = "192.0.2.7";

beforeAll(async () => {
  database = await openTestDatabase();
  await ensureAdministrator(database.ctx, { email, password });
});
afterAll(() => database.close());
beforeEach(() => database.client.sql`delete from sign_in_failures`);

const at = (seconds: number) => ({
  ...database.ctx,
  now: () => new Date(Date.UTC(2030, 0, 1) + seconds * 1_000),
});

async function failTimes(times: number, input: { email: string; address: string }): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    const attempt = verifyPassword(at(0), { ...input, password: "wrong password" });
    await expect(attempt).rejects.toThrow("E-mail or password is wrong.");
  }
}

test("the right password signs in, whatever the e-mail's case", async () => {
  const user = await verifyPassword(at(0), { email: " ADA@example.org ", password, address });
  expect(user).toMatchObject({ email, sessionVersion: expect.any(Number) });
});

test("an unknown account is told the same as a wrong password", async () => {
  const unknown = verifyPassword(at(0), { email: "nobody@example.org", password, address });
  await expect(unknown).rejects.toThrow("E-mail or password is wrong.");
});

test("an e-mail that no account can have is told the same", async () => {
  const attempt = verifyPassword(at(0), { email: "ada\0@example.org", password, address });
  await expect(attempt).rejects.toThrow("E-mail or password is wrong.");
});

test("after five failures the account has to wait, longer each time, and then the password works", async () => {
  await failTimes(6, { email, address });
  const soon = verifyPassword(at(0), { email, password, address });
  await expect(soon).rejects.toThrow("Too many failed sign-ins. Wait 1.0 s, then try again.");
  await expect(verifyPassword(at(2), { email, password: "wrong", address })).rejects.toThrow("is wrong");
  await expect(verifyPassword(at(4), { email, password, address })).rejects.toThrow("Too many");
  await expect(verifyPassword(at(6), { email, password, address })).resolves.toMatchObject({ email });
});

test("a right password forgets the account's failures", async () => {
  await failTimes(4, { email, address });
  await verifyPassword(at(0), { email, password, address });
  await failTimes(4, { email, address });
  await expect(verifyPassword(at(0), { email, password, address })).resolves.toMatchObject({ email });
});

test("an address that tries many accounts has to wait, also for a right password", async () => {
  for (let n = 0; n < 21; n += 1) await failTimes(1, { email: `user${n}@example.org`, address });
  await expect(verifyPassword(at(0), { email, password, address })).rejects.toThrow("Too many");
  const elsewhere = verifyPassword(at(0), { email, password, address: "198.51.100.4" });
  await expect(elsewhere).resolves.toMatchObject({ email });
});

test("many guesses at the same moment get no further than a few", async () => {
  const guesses = Array.from({ length: 30 }, (_, n) =>
    verifyPassword(at(0), { email, password: `guess number ${n}`, address: `203.0.113.${n}` }),
  );
  const outcomes = await Promise.allSettled(guesses);
  const reasons = outcomes.map((outcome) => (outcome.status === "rejected" ? outcome.reason.message : ""));
  expect(reasons.filter((reason) => reason.includes("is wrong"))).toHaveLength(6);
  expect(outcomes.every((outcome) => outcome.status === "rejected")).toBe(true);
});

test("signing out everywhere ends every session made before", async () => {
  const user = await verifyPassword(at(0), { email, password, address });
  const claim = newSession({ userId: user.id, sessionVersion: user.sessionVersion }, new Date());
  expect(await readSession(database.ctx, claim)).toMatchObject({ user: { email, role: "admin" } });
  await signOutEverywhere(database.ctx, { userId: user.id });
  expect(await readSession(database.ctx, claim)).toBeNull();
});

test("errors are of the class that means: not signed in", async () => {
  const attempt = verifyPassword(at(0), { email, password: "", address });
  await expect(attempt).rejects.toBeInstanceOf(UnauthenticatedError);
});

const claimOf = async (signedInAt = new Date()) => {
  const user = await verifyPassword(at(0), { email, password, address });
  return newSession({ userId: user.id, sessionVersion: user.sessionVersion }, signedInAt);
};

test("signing out ends this session and no other, however often it is asked for", async () => {
  const [here, there] = [await claimOf(), await claimOf()];
  const audited = await followAudit(database.client.sql);
  await signOut(database.ctx, here);
  await signOut(database.ctx, here);
  expect(await readSession(database.ctx, here)).toBeNull();
  expect(await readSession(database.ctx, there)).not.toBeNull();
  expect(await audited()).toMatchObject([{ action: "identity/sign-out", by: "ada" }]);
});

test("a session that goes on and on ends after 30 days", async () => {
  const daysAgo = (days: number) => new Date(Date.now() - days * 24 * 3_600_000);
  expect(await readSession(database.ctx, await claimOf(daysAgo(29.9)))).not.toBeNull();
  expect(await readSession(database.ctx, await claimOf(daysAgo(30.1)))).toBeNull();
});

test("strangers who guess do not keep the owner waiting in a browser that is known", async () => {
  await failTimes(6, { email, address: "198.51.100.4" });
  const browser = newBrowser(email);
  await expect(verifyPassword(at(0), { email, password, address })).rejects.toThrow("Too many");
  await expect(verifyPassword(at(0), { email, password, address, browser })).resolves.toMatchObject({
    email,
  });
  // Guesses from it are counted, and it vouches for its own account only.
  const guess = () => verifyPassword(at(0), { email, password: "a guess", address, browser });
  for (let n = 0; n < 6; n += 1) await expect(guess()).rejects.toThrow("is wrong");
  await expect(guess()).rejects.toThrow("Too many");
  const other = newBrowser("grace@example.org");
  await expect(verifyPassword(at(0), { email, password, address, browser: other })).rejects.toThrow(
    "Too many",
  );
});
