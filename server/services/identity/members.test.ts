import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { followAudit } from "#db/testing/follow-audit.ts";
import type { Role } from "#server/domain/permissions.ts";
import { type Context, systemContext } from "#server/kernel/context.ts";
import { acceptInvitation } from "./accept-invitation.ts";
import { changeRole } from "./change-role.ts";
import { endMembership } from "./end-membership.ts";
import { findInvitation } from "./invitation.ts";
import { inviteMember } from "./invite-member.ts";
import { listInvitations } from "./list-invitations.ts";
import { listMembers } from "./list-members.ts";
import { makeResetLink } from "./make-reset-link.ts";
import { actingAs } from "./note-sign-in.ts";
import { reopenMembership } from "./reopen-membership.ts";
import { revokeInvitation } from "./revoke-invitation.ts";
import { newSession, readSession } from "./session.ts";
import { verifyPassword } from "./verify-password.ts";

let database: TestDatabase;
let audited: Awaited<ReturnType<typeof followAudit>>;
const portalUrl = "http://localhost:4700";
const password = "correct horse battery";
const address = "192.0.2.9";

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  await database.client.sql`truncate users, invitations, sign_in_failures restart identity cascade`;
  audited = await followAudit(database.client.sql);
});

/** A context that acts as somebody new of this role. */
async function as(role: Role, name = role as string): Promise<Context & { userId: number }> {
  const email = `${name}@example.org`;
  const [row] = await database.client.sql`
    insert into users (email, name, role) values (${email}, ${name}, ${role}) returning id::int`;
  const ctx = actingAs(database.ctx, { id: row?.id, name, email, role });
  return { ...ctx, userId: row?.id };
}

async function invite(ctx: Context, email: string, role: Role = "engineer"): Promise<string> {
  return new URL((await inviteMember(ctx, { email, role, portalUrl })).link).hash.slice(1);
}

/** Grace, who accepted an invitation and has signed in. */
async function join(admin: Context, email: string) {
  await acceptInvitation(database.ctx, { token: await invite(admin, email), name: "Grace", password });
  return verifyPassword(database.ctx, { email, password, address });
}

const actions = async () => (await audited()).map(({ action }) => action);
const later = (ctx: Context, days: number) => ({
  ...ctx,
  now: () => new Date(Date.now() + days * 24 * 3_600_000),
});
const unusable = "This link was used, revoked, or is older than 7 days";

test("an invitation makes an account with the role that it was made for, and only its hash is kept", async () => {
  const admin = await as("admin");
  const { link } = await inviteMember(admin, { email: "Grace@Example.org", role: "stakeholder", portalUrl });
  expect(link).toMatch(/^http:\/\/localhost:4700\/join#[\w-]{43}$/);
  const token = new URL(link).hash.slice(1);
  const stored = await database.client.sql`select i.*, a.* from invitations i, audit_entries a`;
  expect(JSON.stringify(stored)).not.toContain(token);
  await acceptInvitation(database.ctx, { token, name: "Grace", password });
  const signedIn = await verifyPassword(database.ctx, { email: "grace@example.org", password, address });
  const session = await readSession(
    database.ctx,
    newSession({ ...signedIn, userId: signedIn.id }, new Date()),
  );
  expect(session).toMatchObject({ user: { name: "Grace", role: "stakeholder" } });
  expect(await actions()).toEqual(["identity/invite", "identity/join", "identity/sign-in"]);
});

test("an invitation works once, however many use it at the same moment", async () => {
  const token = await invite(await as("admin"), "grace@example.org");
  const attempts = [1, 2, 3, 4, 5].map((n) =>
    acceptInvitation(database.ctx, { token, name: `Grace ${n}`, password }),
  );
  const outcomes = await Promise.allSettled(attempts);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect((await actions()).filter((action) => action === "identity/join")).toHaveLength(1);
  await expect(findInvitation(database.ctx, token)).rejects.toThrow(unusable);
});

test("an invitation is of no use after 7 days, once revoked, or once a newer one was made", async () => {
  const admin = await as("admin");
  const accept = (token: string, ctx: Context = database.ctx) =>
    acceptInvitation(ctx, { token, name: "Grace", password });
  const old = await invite(admin, "old@example.org");
  await expect(accept(old, later(database.ctx, 7.01))).rejects.toThrow(unusable);
  const revoked = await invite(admin, "revoked@example.org");
  const [row] = await listInvitations(admin);
  await revokeInvitation(admin, { invitationId: row?.id ?? 0 });
  await expect(accept(revoked)).rejects.toThrow(unusable);
  const first = await invite(admin, "twice@example.org");
  const second = await invite(admin, "twice@example.org");
  await expect(accept(first)).rejects.toThrow(unusable);
  await expect(accept(second)).resolves.toEqual({ email: "twice@example.org" });
  await expect(accept("guessed")).rejects.toThrow(unusable);
});

test("a weak password is refused beside its field, and the link still works", async () => {
  const token = await invite(await as("admin"), "grace@example.org");
  const weak = acceptInvitation(database.ctx, { token, name: "Grace", password: "password1234" });
  await expect(weak).rejects.toMatchObject({ field: "password" });
  await acceptInvitation(database.ctx, { token, name: "Grace", password });
});

test("whoever is a member, or was one, is not invited again", async () => {
  const admin = await as("admin");
  const engineer = await as("engineer");
  const again = inviteMember(admin, { email: "engineer@example.org", role: "admin", portalUrl });
  await expect(again).rejects.toMatchObject({
    field: "email",
    message: expect.stringContaining("is a member"),
  });
  await endMembership(admin, { userId: engineer.userId });
  const former = inviteMember(admin, { email: "engineer@example.org", role: "admin", portalUrl });
  await expect(former).rejects.toThrow("Let them come back");
});

test("a reset link sets a new password once, and ends every session", async () => {
  const admin = await as("admin");
  const user = await join(admin, "g@example.org");
  const { link } = await makeResetLink(admin, { userId: user.id, portalUrl });
  const token = new URL(link).hash.slice(1);
  expect((await findInvitation(database.ctx, token)).account).toMatchObject({ name: "Grace" });
  const visitor = systemContext(database.ctx.db, "visitor", address);
  await acceptInvitation(visitor, { token, name: "", password: "violet kettle on tuesday" });
  expect(await readSession(database.ctx, newSession({ ...user, userId: user.id }, new Date()))).toBeNull();
  const old = verifyPassword(database.ctx, { email: "g@example.org", password, address });
  await expect(old).rejects.toThrow("is wrong");
  const again = acceptInvitation(database.ctx, { token, name: "", password });
  await expect(again).rejects.toThrow(unusable);
  const entry = (await audited()).find(({ action }) => action === "identity/reset-password");
  expect(entry).toMatchObject({ by: "Grace", address: "192.0.2.9" });
});

test("an invitation from before an account existed never becomes a key to it", async () => {
  const admin = await as("admin");
  const token = await invite(admin, "grace@example.org");
  await database.client.sql`
    insert into users (email, name, role, created_at) values ('grace@example.org', 'Grace', 'admin', now() + interval '1 second')`;
  await expect(acceptInvitation(database.ctx, { token, name: "X", password })).rejects.toThrow(unusable);
});

test("the last administrator can neither be demoted nor leave, also not two at once", async () => {
  const first = await as("admin", "first");
  await expect(changeRole(first, { userId: first.userId, role: "engineer" })).rejects.toThrow(
    "only administrator",
  );
  await expect(endMembership(first, { userId: first.userId })).rejects.toThrow("only administrator");
  const second = await as("admin", "second");
  const outcomes = await Promise.allSettled([
    changeRole(first, { userId: second.userId, role: "engineer" }),
    endMembership(second, { userId: first.userId }),
  ]);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
});

test("leaving ends sessions, tokens and links in one change; the name stays, and coming back revives none", async () => {
  const admin = await as("admin");
  const user = await join(admin, "g@example.org");
  await database.client.sql`
    insert into api_tokens (name, token_hash, start, permissions, created_by, expires_at)
    values ('ci', 'hash', 'any_1', '{deploy}', ${user.id}, now() + interval '1 day')`;
  const { link } = await makeResetLink(admin, { userId: user.id, portalUrl });
  await endMembership(admin, { userId: user.id });
  expect(await readSession(database.ctx, newSession({ ...user, userId: user.id }, new Date()))).toBeNull();
  const [token] = await database.client.sql`select revoked_at from api_tokens`;
  expect(token?.revoked_at).not.toBeNull();
  await expect(findInvitation(database.ctx, new URL(link).hash.slice(1))).rejects.toThrow(unusable);
  const door = () => verifyPassword(database.ctx, { email: "g@example.org", password, address });
  await expect(door()).rejects.toThrow("closed when its owner left");
  const entry = (await audited()).find(({ action }) => action === "identity/end-membership");
  expect(entry?.after).toEqual({ left: true, revokedTokens: 1 });
  expect((await listMembers(admin)).find(({ id }) => id === user.id)).toMatchObject({ name: "Grace" });

  await reopenMembership(admin, { userId: user.id });
  expect(await readSession(database.ctx, newSession({ ...user, userId: user.id }, new Date()))).toBeNull();
  await expect(door()).resolves.toMatchObject({ email: "g@example.org" });
  await expect(reopenMembership(admin, { userId: user.id })).rejects.toThrow("have not left");
});

test("only an administrator changes members; others see names and roles, and no address", async () => {
  const admin = await as("admin");
  const engineer = await as("engineer");
  const refused = "Your role does not allow this";
  const invited = inviteMember(engineer, { email: "x@example.org", role: "admin", portalUrl });
  await expect(invited).rejects.toThrow(refused);
  await expect(makeResetLink(engineer, { userId: admin.userId, portalUrl })).rejects.toThrow(refused);
  await expect(changeRole(engineer, { userId: engineer.userId, role: "admin" })).rejects.toThrow(refused);
  await expect(endMembership(engineer, { userId: admin.userId })).rejects.toThrow(refused);
  await expect(listInvitations(engineer)).rejects.toThrow(refused);
  const seen = await listMembers(engineer);
  expect(seen.map(({ name }) => name)).toEqual(["admin", "engineer"]);
  expect(JSON.stringify(seen)).not.toContain("@");
});
