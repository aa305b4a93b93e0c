import { expect, test } from "vitest";
import { expireWarmPools } from "#server/flows/expire-warm-pools.ts";
import { markRelease } from "#server/flows/mark-release.ts";
import { findSwitchBackTarget } from "#server/services/deployments/find-switch-back-target.ts";
import { listPools } from "#server/services/targets/list-pools.ts";
import { type LabService, until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

/** The last good release stays warm beside a bad one, whatever is deployed meanwhile and however long that takes. */
const { database, lab, state, deploy } = await openTestLab();
await lab.startWorker("one");

async function standing(service: LabService): Promise<Record<string, string>> {
  const pools = await listPools(database.ctx, service.staging);
  return Object.fromEntries(pools.map((pool) => [pool.color, pool.status]));
}

async function answers(service: LabService, pool: string): Promise<string[]> {
  const instances = (await state.instances(service.staging)).filter((row) => row.pool === pool);
  return Promise.all(
    instances.map(async ({ port }) => (await (await fetch(`http://127.0.0.1:${port}/`)).text())[0] ?? ""),
  );
}

const endWarmTimes = (service: LabService) => database.client.sql`
  update pools set warm_until = now() - interval '1 minute'
  where service_environment_id = ${service.staging} and warm_until is not null`;

test("a fix starts beside the bad release and the good one, as often as it takes", async () => {
  const service = await lab.addService("mended");
  const settings = sampleSettings({ instances: 1 });
  const good = await deploy(service, sampleFiles({ settings }));
  const bad = await deploy(service, { "change.txt": "2" });
  expect([good.status, bad.status]).toEqual(["succeeded", "succeeded"]);
  const named = { serviceSlug: service.slug, releaseNumber: 2 };
  await markRelease(database.ctx, { ...named, badReason: "It answers slowly." });

  // Its warm time is over, and still it is the way back.
  await endWarmTimes(service);
  await expireWarmPools(database.ctx);
  expect(await standing(service)).toEqual({ blue: "ready", green: "ready", violet: "empty" });

  const broken = sampleSettings({ instances: 1, start: "exit 7", timeout: "1s" });
  expect(await deploy(service, { "anytime.yaml": broken })).toMatchObject({ status: "failed" });
  expect(await answers(service, "blue")).toEqual(["1"]);
  expect(await state.liveInstances(service.staging)).toMatchObject([{ pool: "green" }]);

  const fix = await deploy(service, { "anytime.yaml": settings });
  expect(fix).toMatchObject({ status: "succeeded" });
  expect(await state.liveInstances(service.staging)).toMatchObject([{ pool: "violet" }]);
  expect(await answers(service, "blue")).toEqual(["1"]);
  const live = { serviceEnvironmentId: service.staging, liveReleaseId: fix.releaseId };
  expect(await findSwitchBackTarget(database.ctx, live)).toMatchObject({ number: 1 });

  // What comes after it takes the bad one's place, and once it is good the warm times count again.
  expect(await deploy(service, { "change.txt": "5" })).toMatchObject({ status: "succeeded" });
  expect(await state.liveInstances(service.staging)).toMatchObject([{ pool: "green" }]);
  await endWarmTimes(service);
  await expireWarmPools(database.ctx);
  await until(
    () => standing(service),
    (pools) => pools.blue === "empty" && pools.violet === "empty",
  );
});

test("a switch back from the third pool finds the good release warm", async () => {
  const service = await lab.addService("back");
  const good = await deploy(service, sampleFiles({ settings: sampleSettings({ instances: 1 }) }));
  await deploy(service, { "change.txt": "2" });
  const mark = (releaseNumber: number, badReason: string | null) =>
    markRelease(database.ctx, { serviceSlug: service.slug, releaseNumber, badReason });
  await mark(2, "It loses orders.");
  await deploy(service, { "change.txt": "3" });
  await mark(3, "It loses orders still.");
  const id = await lab.ask({
    serviceEnvironmentId: service.staging,
    kind: "switch-back",
    commit: good.commit,
    release: { id: good.releaseId, number: 1 },
    poolIsWarm: true,
  });
  await until(
    () => state.deployment(id),
    ({ status }) => status === "succeeded",
  );
  expect(await state.liveInstances(service.staging)).toMatchObject([{ pool: "blue", restarts: 0 }]);
  // With the good one live, nothing is kept for want of another.
  await endWarmTimes(service);
  await expireWarmPools(database.ctx);
  await until(
    () => standing(service),
    (pools) => pools.green === "empty" && pools.violet === "empty",
  );
});
