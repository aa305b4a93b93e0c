import { afterEach, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { ConflictError, ForbiddenError, ValidationError } from "#server/kernel/errors.ts";
import { administratorExists } from "./administrator-exists.ts";
import { completeSetup } from "./complete-setup.ts";
import { ensureAdministrator } from "./ensure-administrator.ts";
import { issueSetupLink } from "./issue-setup-link.ts";

let database: TestDatabase;
beforeEach(async () => {
  database = await openTestDatabase();
});
afterEach(() => database.close());

const portalUrl = "http://localhost:4700";
const account = { name: "Ada Example", email: "Ada@Example.org", password: "correct horse battery" };

async function issueToken(): Promise<string> {
  const link = await issueSetupLink(database.ctx, { portalUrl });
  if (link === null) throw new Error("No link was given.");
  return new URL(link).hash.slice(1);
}

test("a setup link makes the first administrator, whose e-mail is kept in lower case", async () => {
  const token = await issueToken();
  expect(await completeSetup(database.ctx, { ...account, token })).toEqual({ email: "ada@example.org" });
  expect(await administratorExists(database.ctx)).toBe(true);
  expect(await issueSetupLink(database.ctx, { portalUrl })).toBeNull();
});

test("the token stands in the fragment, and only its hash in the database", async () => {
  const link = await issueSetupLink(database.ctx, { portalUrl });
  expect(link).toMatch(/^http:\/\/localhost:4700\/setup#[\w-]{43}$/);
  const rows = await database.client.sql`select * from setup_links`;
  expect(JSON.stringify(rows)).not.toContain(link?.split("#")[1]);
});

test("a link works once, however many use it at the same moment", async () => {
  const token = await issueToken();
  const attempts = [1, 2, 3, 4, 5].map((n) =>
    completeSetup(database.ctx, { ...account, email: `ada${n}@example.org`, token }),
  );
  const outcomes = await Promise.allSettled(attempts);
  expect(outcomes.filter((outcome) => outcome.status === "fulfilled")).toHaveLength(1);
  const [count] = await database.client.sql`select count(*)::int as users from users`;
  expect(count?.users).toBe(1);
  await expect(completeSetup(database.ctx, { ...account, token })).rejects.toThrow(ForbiddenError);
});

test("nobody becomes administrator without the token", async () => {
  await issueToken();
  await expect(completeSetup(database.ctx, { ...account, token: "guessed" })).rejects.toThrow(ForbiddenError);
  expect(await administratorExists(database.ctx)).toBe(false);
});

test("a new link ends the one before it", async () => {
  const first = await issueToken();
  const second = await issueToken();
  await expect(completeSetup(database.ctx, { ...account, token: first })).rejects.toThrow(ForbiddenError);
  await completeSetup(database.ctx, { ...account, token: second });
});

test("a link is of no use after 24 hours", async () => {
  const token = await issueToken();
  const late = { ...database.ctx, now: () => new Date(Date.now() + 24 * 3_600_000 + 1_000) };
  await expect(completeSetup(late, { ...account, token })).rejects.toThrow(ForbiddenError);
});

test.each([
  ["name", { name: "  " }],
  ["email", { email: "not an address" }],
  ["password", { password: "too short" }],
])("what is wrong with %s is said at that field, and the link still works", async (field, wrong) => {
  const token = await issueToken();
  const attempt = completeSetup(database.ctx, { ...account, ...wrong, token });
  await expect(attempt).rejects.toMatchObject({ constructor: ValidationError, field });
  await completeSetup(database.ctx, { ...account, token });
});

test("an unattended administrator is made once, and ends every link", async () => {
  const token = await issueToken();
  const { email, password } = account;
  expect(await ensureAdministrator(database.ctx, { email, password })).toEqual({ created: true });
  expect(await ensureAdministrator(database.ctx, { email, password })).toEqual({ created: false });
  const late = completeSetup(database.ctx, { ...account, email: "second@example.org", token });
  await expect(late).rejects.toThrow(ConflictError);
});
