import { existsSync } from "node:fs";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import { repositoryRoot } from "#server/kernel/env.ts";
import { listDeployments } from "#server/services/deployments/list-deployments.ts";
import { deleteRemoved } from "#server/services/services/delete-removed.ts";
import { listServices } from "#server/services/services/list-services.ts";
import { ensureTour, tourRepository } from "./ensure-tour.ts";
import { readOverview } from "./read-overview.ts";
import { removeTour } from "./remove-tour.ts";
import { git, openInstallation, type TestInstallation } from "./testing/open-installation.ts";

let database: TestDatabase;
let it: TestInstallation;
beforeAll(async () => {
  database = await openTestDatabase();
  it = await openInstallation(database.ctx);
});
afterAll(async () => {
  await database.close();
  await it.close();
});

const ensure = () =>
  ensureTour(database.ctx, {
    installation: it.installation,
    exampleFolder: `${repositoryRoot}examples/hello`,
  });

test("the sample service stands in a real repository, with deployments asked for, once", async () => {
  expect(await ensure()).toBe("done");
  expect(await ensure()).toBe("was there");
  const folder = tourRepository(it.installation);
  const subjects = (await git(folder, "log", "--format=%an: %s")).trim().split("\n");
  expect(subjects).toHaveLength(4);
  expect(subjects.every((subject) => subject.startsWith("Anytime tour: "))).toBe(true);
  expect(await git(folder, "status", "--porcelain")).toBe("");
  const { items } = await listDeployments(database.ctx, { limit: 10 });
  expect(items.map(({ environmentSlug, status, kind }) => ({ environmentSlug, status, kind }))).toEqual([
    { environmentSlug: "production", status: "queued", kind: "deploy" },
    { environmentSlug: "staging", status: "queued", kind: "deploy" },
  ]);
  const overview = await readOverview(database.ctx, it.installation);
  expect(overview.services).toMatchObject([
    {
      slug: "hello",
      isTour: true,
      cells: [{ running: { status: "queued" } }, { running: { status: "queued" } }],
    },
  ]);
});

test("a start that was cut off half way is finished by the next", async () => {
  await database.client.sql`delete from installation_facts`;
  await database.client.sql`delete from deployments where id = (select max(id) from deployments)`;
  expect(await ensure()).toBe("done");
  expect((await listDeployments(database.ctx, { limit: 10 })).items).toHaveLength(2);
});

test("it is removed with its repository, and does not come back", async () => {
  expect(await removeTour(database.ctx, it.installation)).toEqual({ removed: true });
  expect(await deleteRemoved(database.ctx)).toEqual(["hello"]);
  expect(await removeTour(database.ctx, it.installation)).toEqual({ removed: false });
  expect(existsSync(tourRepository(it.installation))).toBe(false);
  expect(await listServices(database.ctx)).toEqual([]);
  expect(await ensure()).toBe("was there");
});
