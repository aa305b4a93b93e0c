import { afterAll, beforeAll, beforeEach, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { followAudit } from "#db/testing/follow-audit.ts";
import type { Role } from "#server/domain/permissions.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, ForbiddenError, NotFoundError, ValidationError } from "#server/kernel/errors.ts";
import { createToken } from "./create-token.ts";
import { findToken } from "./find-token.ts";
import { listTokens } from "./list-tokens.ts";
import { noteTokenUse } from "./note-token-use.ts";
import { revokeToken } from "./revoke-token.ts";
import { rotateToken } from "./rotate-token.ts";

let database: TestDatabase;
let people: Record<"ada" | "grace" | "admin" | "reader", { id: number; role: Role }>;

beforeAll(async () => {
  database = await openTestDatabase();
  const add = async (name: string, role: Role) => {
    const [row] = await database.client.sql`
      insert into users (email, name, role) values (${`${name}@example.org`}, ${name}, ${role}) returning id::int`;
    return { id: row?.id as number, role };
  };
  people = {
    ada: await add("ada", "engineer"),
    grace: await add("grace", "engineer"),
    admin: await add("admin", "admin"),
    reader: await add("reader", "stakeholder"),
  };
  await database.client.sql`
    insert into services (slug, name, repository_url, default_branch)
    values ('shop', 'Shop', 'file:///nowhere', 'main'), ('news', 'News', 'file:///nowhere', 'main')`;
});
afterAll(() => database.close());
let audited: Awaited<ReturnType<typeof followAudit>>;
beforeEach(async () => {
  await database.client.sql`truncate api_tokens`;
  audited = await followAudit(database.client.sql);
});

const day = 24 * 3_600_000;
const start = Date.UTC(2030, 0, 1);
const as = (name: keyof typeof people, atMs = 0): Context => ({
  db: database.ctx.db,
  actor: { kind: "user", name, email: `${name}@example.org`, address: "192.0.2.1", ...people[name] },
  now: () => new Date(start + atMs),
});
const wish = {
  name: "CI of the shop",
  permissions: ["read" as const, "deploy" as const],
  services: ["shop"],
};
const find = (text: string, atMs = 0) => findToken(as("ada", atMs), { text, address: "192.0.2.9" });

test("a token is told once, and stored as hash and first characters", async () => {
  const { token } = await createToken(as("ada"), { ...wish, days: 30 });
  expect(token).toMatch(/^anytime_[0-9A-Za-z]{49}$/);
  const rows = await database.client.sql`select * from api_tokens, audit_entries`;
  expect(JSON.stringify(rows)).not.toContain(token.slice(13));
  const [row] = await listTokens(as("ada"));
  expect(row).toMatchObject({ name: "CI of the shop", start: token.slice(0, 12), state: "active" });
  expect(JSON.stringify(row)).not.toContain(token.slice(13));
});

test("it acts with its scopes, and a token that is made up does not", async () => {
  const { token, id } = await createToken(as("ada"), { ...wish, days: 30 });
  const found = await find(token);
  expect(found?.actor).toEqual({
    kind: "token",
    id,
    name: "CI of the shop",
    permissions: ["read", "deploy"],
    services: ["shop"],
    address: "192.0.2.9",
  });
  const mistyped = `${token.slice(0, 20)}${token[20] === "a" ? "b" : "a"}${token.slice(21)}`;
  for (const text of [mistyped, token.slice(0, -1), "anytime_", "", "Bearer"])
    expect(await find(text)).toBeNull();
});

test.each([
  ["name", { name: " " }],
  ["permissions", { permissions: [] }],
  ["services", { services: [] }],
  ["services", { services: ["nothing"] }],
  ["days", { days: 6 }],
  ["days", { days: 366 }],
])("what is wrong with %s is said there, and nothing is made: %j", async (field, wrong) => {
  const attempt = createToken(as("ada"), { ...wish, days: 30, ...wrong });
  await expect(attempt).rejects.toMatchObject({ constructor: ValidationError, field });
  expect(await listTokens(as("admin"))).toEqual([]);
});

test("it ends at its expiry, when its maker leaves, and can do no more than its maker may", async () => {
  const { token } = await createToken(as("ada"), { ...wish, days: 7 });
  expect(await find(token, 7 * day - 1)).not.toBeNull();
  expect(await find(token, 7 * day)).toBeNull();
  await database.client.sql`update users set role = 'stakeholder' where id = ${people.ada.id}`;
  expect((await find(token))?.actor.permissions).toEqual(["read"]);
  await database.client.sql`update users set role = 'engineer', left_at = now() where id = ${people.ada.id}`;
  expect(await find(token)).toBeNull();
  await database.client.sql`update users set left_at = null where id = ${people.ada.id}`;
});

test("rotating gives a new token of the same scopes, and the old one goes on for the overlap", async () => {
  const old = await createToken(as("ada"), { ...wish, days: 30 });
  const renewed = await rotateToken(as("ada"), { tokenId: old.id, days: 60, overlapHours: 48 });
  expect((await find(renewed.token))?.actor).toMatchObject({
    permissions: ["read", "deploy"],
    services: ["shop"],
  });
  expect(await find(old.token, 2 * day - 1)).not.toBeNull();
  expect(await find(old.token, 2 * day)).toBeNull();
  expect(await find(renewed.token, 59 * day)).not.toBeNull();
  const again = rotateToken(as("ada"), { tokenId: old.id, days: 60, overlapHours: 0 });
  await expect(again).rejects.toThrow(ConflictError);
});

test("an overlap never lets a token live longer than it would have", async () => {
  const old = await createToken(as("ada"), { ...wish, days: 7 });
  await rotateToken(as("ada", 6 * day), { tokenId: old.id, days: 30, overlapHours: 168 });
  expect(await find(old.token, 7 * day)).toBeNull();
  const tooLong = rotateToken(as("ada"), { tokenId: old.id, days: 30, overlapHours: 169 });
  await expect(tooLong).rejects.toMatchObject({ field: "overlapHours" });
});

test("of many who rotate at the same moment, one does", async () => {
  const { id } = await createToken(as("ada"), { ...wish, days: 30 });
  const attempts = [1, 2, 3, 4].map(() => rotateToken(as("ada"), { tokenId: id, days: 30, overlapHours: 1 }));
  const outcomes = await Promise.allSettled(attempts);
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await listTokens(as("ada"))).toHaveLength(2);
});

test("a revoked token is refused at once, the replaced one too", async () => {
  const old = await createToken(as("ada"), { ...wish, days: 30 });
  await rotateToken(as("ada"), { tokenId: old.id, days: 30, overlapHours: 24 });
  await revokeToken(as("ada"), { tokenId: old.id });
  expect(await find(old.token)).toBeNull();
  await expect(revokeToken(as("ada"), { tokenId: old.id })).rejects.toThrow(ConflictError);
});

test("one manages one's own, an administrator all, a stakeholder and a machine none", async () => {
  const { id, token } = await createToken(as("ada"), { ...wish, days: 30 });
  expect(await listTokens(as("grace"))).toEqual([]);
  await expect(revokeToken(as("grace"), { tokenId: id })).rejects.toThrow(NotFoundError);
  const rotation = rotateToken(as("grace"), { tokenId: id, days: 30, overlapHours: 1 });
  await expect(rotation).rejects.toThrow(NotFoundError);
  await expect(listTokens(as("reader"))).rejects.toThrow(ForbiddenError);
  const found = await find(token);
  if (found === null) throw new Error("The token was not found.");
  const machine = createToken({ ...as("ada"), actor: found.actor }, { ...wish, days: 30 });
  await expect(machine).rejects.toThrow(ForbiddenError);
  expect(await listTokens(as("admin"))).toMatchObject([{ madeBy: "ada", isMine: false }]);
  await revokeToken(as("admin"), { tokenId: id });
  expect(await listTokens(as("ada"))).toMatchObject([{ state: "revoked" }]);
});

test("its last use is written at most once a minute", async () => {
  const { token } = await createToken(as("ada"), { ...wish, days: 30 });
  const use = async (atMs: number) => {
    const found = await find(token, atMs);
    if (found !== null) await noteTokenUse(as("ada", atMs), found);
    return (await listTokens(as("ada")))[0]?.lastUsedAt;
  };
  const first = new Date(start).toISOString();
  expect(await use(0)).toBe(first);
  expect(await use(59_000)).toBe(first);
  expect(await use(61_000)).toBe(new Date(start + 61_000).toISOString());
  expect((await listTokens(as("ada")))[0]?.lastUsedAddress).toBe("192.0.2.9");
});

test("each change is one audit entry, with who and from where, without the secret", async () => {
  const { id } = await createToken(as("ada"), { ...wish, days: 30 });
  await rotateToken(as("ada"), { tokenId: id, days: 30, overlapHours: 1 });
  await revokeToken(as("admin"), { tokenId: id });
  const entries = await audited();
  expect(entries.map((entry) => [entry.action, entry.by, entry.address, entry.subject])).toEqual([
    ["identity/create-token", "ada", "192.0.2.1", `token:${id}`],
    ["identity/rotate-token", "ada", "192.0.2.1", `token:${id}`],
    ["identity/revoke-token", "admin", "192.0.2.1", `token:${id}`],
  ]);
});
