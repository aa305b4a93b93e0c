import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { IdentityProvider } from "#server/kernel/identity-providers.ts";
import { admitPerson } from "./admit-person.ts";

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
