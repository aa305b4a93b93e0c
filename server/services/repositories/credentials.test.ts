import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { Context } from "#server/kernel/context.ts";
import { parseSealingKey, type SealingKey } from "#server/kernel/sealed-value.ts";
import { findServiceCredential, getOwnCredential, openSecret } from "./credential.ts";
import { keepToken } from "./keep-token.ts";
import { listUnreadable } from "./list-unreadable.ts";
import { makeDeployKey } from "./make-deploy-key.ts";
import { removeCredential } from "./remove-credential.ts";
import { resealCredentials } from "./reseal-credentials.ts";
import { useCredential } from "./use-credential.ts";

let database: TestDatabase;
let service: { id: number; slug: string; repositoryUrl: string };
const repositoryUrl = "https://git.example.org/team/shop.git";
const token = "glpat-very-secret";

beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());
beforeEach(async () => {
  const { sql } = database.client;
  await sql`delete from repository_credentials`;
  await sql`delete from services`;
  const [row] = await sql`
    insert into services (slug, name, repository_url, default_branch)
    values ('shop', 'Shop', ${repositoryUrl}, 'main') returning id::int`;
  service = { id: row?.id, slug: "shop", repositoryUrl };
});

function key(): SealingKey {
  const made = parseSealingKey(randomBytes(32).toString("base64"));
  if (made === null) throw new Error("Not a key.");
  return made;
}
const [older, newer] = [key(), key()];
const keys = () => [older];
const person = (id: number): Context => ({
  ...database.ctx,
  actor: { kind: "user", id, name: `user ${id}`, email: `${id}@example.org`, role: "engineer" },
});
const keep = (ctx = person(1)) => keepToken(ctx, keys, { repositoryUrl, username: "deploy", token });

test("a token is sealed, and stands in no row and no entry of the audit log", async () => {
  const { id, ...view } = await keep();
  expect(view).toMatchObject({ kind: "token", username: "deploy", publicKey: null });
  await useCredential(person(1), service, id);
  const credential = await findServiceCredential(database.ctx, service);
  expect(credential === null ? null : openSecret(keys, credential)).toBe(token);
  const [all] = await database.client.sql`
    select (select string_agg(c::text, ' ') from repository_credentials c) as rows,
      (select string_agg(e::text, ' ') from audit_entries e) as audit`;
  expect(all?.rows).not.toContain(token);
  expect(all?.audit).toContain("repositories/use-credential");
  expect(all?.audit).not.toContain(token);
});

test("only who made a credential can give it to a service, and only for its address", async () => {
  const { id } = await keep();
  const wanted = { credentialId: id, repositoryUrl };
  await expect(getOwnCredential(person(2), wanted)).rejects.toMatchObject({ field: "credentialId" });
  await expect(useCredential(person(2), service, id)).rejects.toThrow("make a new one");
  const elsewhere = { ...service, repositoryUrl: "https://evil.example.org/x.git" };
  await expect(useCredential(person(1), elsewhere, id)).rejects.toThrow("make a new one");
  expect((await getOwnCredential(person(1), wanted)).id).toBe(id);
  await useCredential(person(1), service, id);
  await expect(getOwnCredential(person(1), wanted)).rejects.toMatchObject({ field: "credentialId" });
});

test("a new one takes the place of the old, a removed one is gone, and a new address leaves it behind", async () => {
  const first = await keep();
  await useCredential(person(1), service, first.id);
  const second = await keep();
  await useCredential(person(1), service, second.id);
  expect(await database.client.sql`select id from repository_credentials`).toEqual([{ id: second.id }]);
  const moved = { ...service, repositoryUrl: "https://git.example.org/other.git" };
  expect(await findServiceCredential(database.ctx, moved)).toBeNull();
  expect(await removeCredential(person(1), service)).toBe(true);
  expect(await removeCredential(person(1), service)).toBe(false);
  expect(await findServiceCredential(database.ctx, service)).toBeNull();
});

test("what nobody has used for a day goes", async () => {
  await keep();
  await database.client.sql`update repository_credentials set made_at = now() - interval '25 hours'`;
  const { id } = await keep();
  expect(await database.client.sql`select id from repository_credentials`).toEqual([{ id }]);
});

test.each([
  [{ token: "two words" }, "token"],
  [{ token: "" }, "token"],
  [{ token: "a\nhost=evil.example.org" }, "token"],
  [{ username: "a b" }, "username"],
  [{ username: "" }, "username"],
  [{ repositoryUrl: "git@git.example.org:x.git" }, "repositoryUrl"],
  [{ repositoryUrl: "http://git.example.org/x.git" }, "repositoryUrl"],
])("%j is refused at its field", async (change, field) => {
  const input = { repositoryUrl, username: "deploy", token, ...change };
  await expect(keepToken(person(1), keys, input)).rejects.toMatchObject({ field });
});

test("a deploy key shows its public half alone, and is for ssh", async () => {
  const address = "git@git.example.org:team/shop.git";
  const { id, publicKey } = await makeDeployKey(person(1), keys, { repositoryUrl: address });
  expect(publicKey).toMatch(/^ssh-ed25519 \S+ anytime-deploy-key$/);
  const kept = await getOwnCredential(person(1), { credentialId: id, repositoryUrl: address });
  expect(kept.sealedSecret).toMatch(/^sealed:/);
  expect(openSecret(keys, kept)).toContain("BEGIN OPENSSH PRIVATE KEY");
  await expect(makeDeployKey(person(1), keys, { repositoryUrl })).rejects.toMatchObject({
    field: "repositoryUrl",
  });
});

test("rotation seals everything anew, and without its key a credential is named as unreadable", async () => {
  const { id } = await keep();
  await useCredential(person(1), service, id);
  for (let n = 0; n < 120; n += 1) await keep();
  expect(await listUnreadable(database.ctx, () => [newer])).toMatchObject([
    { serviceSlug: "shop", kind: "token", problem: expect.stringContaining(older.id) },
  ]);
  const both = () => [newer, older];
  expect(await resealCredentials(database.ctx, both)).toEqual({ resealed: 121, unreadable: 0 });
  expect(await resealCredentials(database.ctx, both)).toEqual({ resealed: 0, unreadable: 0 });
  expect(await listUnreadable(database.ctx, () => [newer])).toEqual([]);
  const credential = await findServiceCredential(database.ctx, service);
  expect(credential === null ? null : openSecret(() => [newer], credential)).toBe(token);
  expect(await resealCredentials(database.ctx, () => [key()])).toEqual({ resealed: 0, unreadable: 121 });
});
