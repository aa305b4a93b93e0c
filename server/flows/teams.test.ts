import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { createTeam } from "#server/services/identity/create-team.ts";
import { deleteTeam } from "#server/services/identity/delete-team.ts";
import { endMembership } from "#server/services/identity/end-membership.ts";
import { ensureAdministrator } from "#server/services/identity/ensure-administrator.ts";
import { readTeamContact } from "#server/services/identity/read-team-contact.ts";
import { setTeamMembership } from "#server/services/identity/set-team-membership.ts";
import { updateTeam } from "#server/services/identity/update-team.ts";
import { listTeamsWithServices } from "./list-teams-with-services.ts";

let database: TestDatabase;
let teamId: number;
beforeAll(async () => {
  database = await openTestDatabase();
  await ensureAdministrator(database.ctx, { email: "root@example.org", password: "correct horse battery" });
  await database.client
    .sql`insert into users (email, name, role) values ('grace@example.org', 'Grace', 'engineer')`;
  teamId = (await createTeam(database.ctx, { name: " Storefront ", contact: "#storefront" })).id;
  await database.client.sql`
    insert into services (slug, name, team, repository_url, default_branch)
    values ('shop', 'Shop', 'Storefront', 'https://example.org/shop', 'main')`;
});
afterAll(() => database.close());

test("a name is taken once, and what is wrong is said at its field", async () => {
  const twice = createTeam(database.ctx, { name: "Storefront", contact: null });
  await expect(twice).rejects.toMatchObject({ field: "name", message: expect.stringContaining("already") });
  const nameless = createTeam(database.ctx, { name: "  ", contact: null });
  await expect(nameless).rejects.toMatchObject({ field: "name" });
});

test("a team knows its people and its services, and says how to reach it", async () => {
  await setTeamMembership(database.ctx, { teamId, userId: 2, isMember: true });
  expect(await listTeamsWithServices(database.ctx)).toMatchObject([
    { name: "Storefront", members: [{ name: "Grace" }], services: [{ slug: "shop" }] },
  ]);
  expect(await readTeamContact(database.ctx, "Storefront")).toBe("#storefront");
  const again = setTeamMembership(database.ctx, { teamId, userId: 2, isMember: true });
  await expect(again).rejects.toThrow("so already");
});

test("who left is in no team any more", async () => {
  await endMembership(database.ctx, { userId: 2 });
  expect(await listTeamsWithServices(database.ctx)).toMatchObject([{ members: [] }]);
});

test("services follow a team's new name", async () => {
  for (const contact of ["", null]) await updateTeam(database.ctx, { teamId, name: "Shopping", contact });
  expect(await listTeamsWithServices(database.ctx)).toMatchObject([
    { name: "Shopping", contact: null, services: [{ slug: "shop" }] },
  ]);
  const { sql } = database.client;
  expect(await sql`select from audit_entries where action = 'identity/update-team'`).toHaveLength(1);
});

test("removing a team says which services have none now", async () => {
  expect(await deleteTeam(database.ctx, { teamId })).toEqual({ services: [{ slug: "shop", name: "Shop" }] });
  const [service] = await database.client.sql`select team from services`;
  expect(service?.team).toBeNull();
  const [entry] = await database.client
    .sql`select before from audit_entries where action = 'identity/delete-team'`;
  expect(entry?.before).toMatchObject({ name: "Shopping", services: ["shop"] });
  await expect(deleteTeam(database.ctx, { teamId })).rejects.toThrow("removed already");
});
