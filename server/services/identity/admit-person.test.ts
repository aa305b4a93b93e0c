import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { IdentityProvider } from "#server/kernel/identity-providers.ts";
import { admitPerson } from "./admit-person.ts";
import { createToken } from "./create-token.ts";
import { findToken } from "./find-token.ts";

let database: TestDatabase;
beforeAll(async () => {
  database = await openTestDatabase();
});
afterAll(() => database.close());

const issuer = "https://id.example.org";
const provider: IdentityProvider = {
  ...{ id: "oidc", name: "single sign-on", issuer, clientId: "portal", clientSecret: "secret" },
  ...{ scope: "openid", groupsClaim: "", adminGroups: [], engineerGroups: [], domains: [] },
  defaultRole: null,
};

test("of many accounts at one provider that claim an address at the same moment, one is connected", async () => {
  await database.client
    .sql`insert into users (email, name, role) values ('grace@example.org', 'Grace', 'engineer')`;
  const outcomes = await Promise.allSettled(
    [1, 2, 3, 4, 5].map((n) =>
      admitPerson(database.ctx, {
        provider,
        person: {
          ...{ issuer, subject: String(n), name: "Grace", groups: [], domain: null },
          ...{ email: "grace@example.org", isEmailVerified: true },
        },
        intent: { kind: "sign-in" },
        signedInUserId: null,
      }),
    ),
  );
  expect(outcomes.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(await database.client.sql`select subject from user_identities`).toHaveLength(1);
});

test("whoever lost all groups gets in by no other provider and by no token, until a group is found again", async () => {
  const mapping = { ...provider, adminGroups: ["platform"] };
  const github: IdentityProvider = { ...provider, id: "github", issuer: "https://github.com" };
  const arrive = (by: IdentityProvider, groups: string[], userId?: number) =>
    admitPerson(database.ctx, {
      provider: by,
      person: {
        ...{ issuer: by.issuer, subject: "linus", name: "Linus", groups, domain: null },
        ...{ email: "linus@example.org", isEmailVerified: true },
      },
      intent: userId === undefined ? { kind: "sign-in" } : { kind: "connect", userId },
      signedInUserId: userId ?? null,
    });
  await arrive(mapping, ["platform"]);
  const [user] = await database.client.sql`select id::int, role from users where email = 'linus@example.org'`;
  expect(user?.role).toBe("admin");
  await database.client
    .sql`insert into users (email, name, role) values ('root@example.org', 'Root', 'admin')`;
  await arrive(github, [], user?.id);
  const actor = { kind: "user", id: user?.id, name: "Linus", email: "", role: "admin" } as const;
  const wish = { name: "CI", permissions: ["deploy" as const], services: null, days: 365 };
  const { token: text } = await createToken({ ...database.ctx, actor }, wish);
  const works = async () => (await findToken(database.ctx, { text, address: undefined })) !== null;
  await arrive(github, []);
  expect(await works()).toBe(true);

  await expect(arrive(mapping, [])).rejects.toMatchObject({ code: "no-group" });
  await expect(arrive(github, [])).rejects.toMatchObject({ code: "no-group" });
  expect(await works()).toBe(false);

  await arrive(mapping, ["platform"]);
  await arrive(github, []);
  expect(await works()).toBe(true);
});
