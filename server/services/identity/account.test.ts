import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { changeName } from "./change-name.ts";
import { changePassword } from "./change-password.ts";
import { connectIdentity } from "./connect-identity.ts";
import { disconnectIdentity } from "./disconnect-identity.ts";
import { ensureAdministrator } from "./ensure-administrator.ts";
import { readAccount } from "./read-account.ts";
import { newSession, readSession } from "./session.ts";
import { verifyPassword } from "./verify-password.ts";

let database: TestDatabase;
const email = "ada@example.org";
const password = "correct horse battery";
const next = "violet kettle on tuesday";
const userId = 1;

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.client.sql`truncate users, sign_in_failures restart identity cascade`;
  await ensureAdministrator(database.ctx, { email, password });
});

test("a new password ends every session but the one that goes on", async () => {
  const before = await verifyPassword(database.ctx, { email, password, address: "192.0.2.1" });
  const claim = await changePassword(database.ctx, { userId, currentPassword: password, password: next });
  expect(await readSession(database.ctx, newSession({ ...before, userId }, new Date()))).toBeNull();
  expect(await readSession(database.ctx, claim)).toMatchObject({ user: { email } });
  const old = verifyPassword(database.ctx, { email, password, address: "192.0.2.1" });
  await expect(old).rejects.toThrow("is wrong");
});

test("the current password is asked for, and guesses are throttled", async () => {
  const guess = () => changePassword(database.ctx, { userId, currentPassword: "a guess", password: next });
  for (let n = 0; n < 6; n += 1) {
    await expect(guess()).rejects.toMatchObject({
      field: "currentPassword",
      message: expect.stringContaining("not your current"),
    });
  }
  const right = changePassword(database.ctx, { userId, currentPassword: password, password: next });
  await expect(right).rejects.toThrow("Too many wrong passwords");
});

test("a password that is guessed first is refused beside its field", async () => {
  const weak = changePassword(database.ctx, { userId, currentPassword: password, password: "qwertyuiop123" });
  await expect(weak).rejects.toMatchObject({
    field: "password",
    message: expect.stringContaining("keys in a row"),
  });
});

test("a new name is seen from now on, and recorded once", async () => {
  await changeName(database.ctx, { userId, name: " Ada Lovelace " });
  await changeName(database.ctx, { userId, name: "Ada Lovelace" });
  const entries = await database.client.sql`
    select before, after from audit_entries where action = 'identity/change-name'`;
  expect(entries).toEqual([{ before: { name: "ada" }, after: { name: "Ada Lovelace" } }]);
});

test("the last way to sign in cannot be given up", async () => {
  const issuer = "https://id.example.org";
  await connectIdentity(database.ctx, { userId, issuer, subject: "1" });
  await connectIdentity(database.ctx, { userId, issuer: "https://github.com", subject: "2" });
  const [first, second] = (await readAccount(database.ctx, userId)).identities;
  await database.client.sql`update users set password_hash = null`;
  const both = await Promise.allSettled(
    [first, second].map((identity) =>
      disconnectIdentity(database.ctx, { userId, identityId: identity?.id ?? 0 }),
    ),
  );
  expect(both.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await readAccount(database.ctx, userId)).identities).toHaveLength(1);
});

test("nobody disconnects what is somebody else's", async () => {
  await connectIdentity(database.ctx, { userId, issuer: "https://github.com", subject: "2" });
  const [identity] = (await readAccount(database.ctx, userId)).identities;
  await expect(
    disconnectIdentity(database.ctx, { userId: 2, identityId: identity?.id ?? 0 }),
  ).rejects.toThrow("not connected to your account");
});
