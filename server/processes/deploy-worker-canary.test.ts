import { afterAll, beforeAll, expect, test } from "vitest";
import { openTestDatabase, type TestDatabase } from "#db/testing/database.ts";
import type { Role } from "#server/domain/permissions.ts";
import { expireWarmPools } from "#server/flows/expire-warm-pools.ts";
import { readCanary } from "#server/flows/read-canary.ts";
import { reapLostDeployments } from "#server/flows/reap-lost-deployments.ts";
import { WatchCanaries } from "#server/flows/watch-canaries.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { setCanaryEnd } from "#server/services/deployments/set-canary-end.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { changeShare, endShares } from "#server/services/traffic/share-traffic.ts";
import { constantClient } from "./deploy-worker/testing/hostile-service.ts";
import { type Lab, type LabService, openLab, until } from "./deploy-worker/testing/open-lab.ts";
import { isOver, type State, stateOf } from "./deploy-worker/testing/read-state.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";
import type { WorkerProcess } from "./deploy-worker/testing/worker-process.ts";
import { type RouterProcess, startRouterProcess } from "./traffic-router/testing/router-process.ts";

let database: TestDatabase;
let lab: Lab;
let state: State;
let worker: WorkerProcess;
let router: RouterProcess;
let changes = 0;

beforeAll(async () => {
  database = await openTestDatabase();
  lab = await openLab(database.ctx, database.url);
  state = stateOf(database.client.sql);
  router = await startRouterProcess({ databaseUrl: database.url, dataFolder: lab.dataFolder });
  worker = await lab.startWorker("canary");
});
afterAll(async () => {
  await lab.close();
  await router.end();
  await database.close();
});

const asAda = () => {
  const role: Role = "engineer";
  return {
    ...database.ctx,
    actor: { kind: "user", id: 1, name: "Ada", email: "ada@example.org", role },
  } as const;
};
const route = async ({ staging }: LabService) => {
  const [found] = await readRoutes(database.ctx, staging);
  if (found === undefined) throw new Error("There is no route.");
  return found;
};
const over = (id: number) => until(() => state.deployment(id), isOver);
const address = ({ slug }: LabService) => `http://127.0.0.1:${router.port}/${slug}/staging/`;

async function ask(service: LabService, settings: string) {
  changes += 1;
  const files = { ...sampleFiles({ settings }), "change.txt": `${changes}` };
  const commit = await service.repository.commit(files, "Change");
  return lab.ask({ serviceEnvironmentId: service.staging, commit });
}

/** Live with its first release, with users that ask without end; they say which releases answered. */
async function openService(slug: string, keys: Parameters<typeof sampleSettings>[0]) {
  const service = await lab.addService(slug);
  const settings = sampleSettings({ instances: 1, drain: "5s", ...keys });
  const first = await over(await ask(service, settings));
  expect(first.reason).toBeNull();
  const client = constantClient(async () => [address(service)]);
  return { service, settings, first, client };
}

async function untilShared(service: LabService, deploymentId: number) {
  await until(
    async () => [await route(service), await state.deployment(deploymentId)] as const,
    ([{ candidatePool }, { pool }]) => candidatePool !== null && candidatePool === pool,
  );
}

const answered = async (service: LabService) => (await (await fetch(address(service))).text()).split(" ")[0];

test("a release takes a share, then by hand more, then all; nothing of it is refused", async () => {
  const { service, settings, client } = await openService("gradual", { canary: "{share: 10%, for: 1h}" });
  const id = await ask(service, settings);
  await untilShared(service, id);
  const { pool } = await state.deployment(id);
  expect((await route(service)).candidateShare).toBeCloseTo(0.1);
  if (pool !== "blue" && pool !== "green") throw new Error("It has no pool.");
  const key = { serviceEnvironmentId: service.staging, pool } as const;
  await changeShare(asAda(), { ...key, share: 0.6 });
  await until(
    () => state.log(id),
    (log) => log.includes("It takes 60 % from now on."),
  );
  await expect(changeShare(asAda(), { ...key, share: 1.2 })).rejects.toThrow(
    "Write a share from 1 % to 99 %",
  );
  await setCanaryEnd(asAda(), { deploymentId: id, forMs: 0 });
  const done = await over(id);
  expect(done).toMatchObject({ status: "succeeded", reason: null });
  expect(await route(service)).toMatchObject({ livePool: pool, candidatePool: null, candidateShare: 0 });
  await expect(setCanaryEnd(asAda(), { deploymentId: id, forMs: 0 })).rejects.toThrow("Its canary is over.");
  expect((await client.stop()).failures).toEqual([]);
  expect(await answered(service)).toBe("2");
  expect(await state.log(id)).toContain("#2 takes 10 % of the requests for 1 h 0 m: each request by itself.");
});

test("a canary ends by itself", async () => {
  const { service, settings, client } = await openService("timed", { canary: "{share: 50%, for: 1s}" });
  const id = await ask(service, settings);
  expect(await over(id)).toMatchObject({ status: "succeeded" });
  expect(await state.log(id)).toContain(
    "All traffic follows. Nothing was counted long enough to say how it did.",
  );
  expect(await answered(service)).toBe("2");
  expect((await client.stop()).failures).toEqual([]);
});

test("cancelled, it gives its share back; what is in flight ends, and then its instances", async () => {
  const { service, settings, first, client } = await openService("withdrawn", {
    canary: "{share: 50%, for: 1h}",
  });
  const id = await ask(service, settings);
  await untilShared(service, id);
  await cancel(asAda(), { deploymentId: id });
  const done = await over(id);
  expect(done.status).toBe("cancelled");
  expect(await route(service)).toMatchObject({
    livePool: first.pool,
    candidatePool: null,
    candidateShare: 0,
  });
  await until(
    () => state.instances(service.staging),
    (instances) => instances.every(({ pool }) => pool === first.pool),
  );
  expect((await client.stop()).failures).toEqual([]);
  expect(await answered(service)).toBe("1");
});

test("one that does worse than what is live is taken back by itself, with what was found", async () => {
  const { service, settings, client } = await openService("worse", { canary: "{share: 50%, for: 1h}" });
  const server = `require("node:http").createServer((request, response) => {
    response.statusCode = request.url === "/healthz" ? 200 : 500;
    response.end("no");
  }).listen(Number(process.env.PORT), process.env.HOST);`;
  const commit = await service.repository.commit(sampleFiles({ settings, server }), "Fail");
  const id = await lab.ask({ serviceEnvironmentId: service.staging, commit });
  await untilShared(service, id);
  const canaries = new WatchCanaries();
  const { status, reason } = await until(
    async () => {
      await canaries.round(database.ctx);
      return state.deployment(id);
    },
    (deployment) => isOver(deployment),
  );
  await client.stop();
  expect(status).toBe("cancelled");
  const [row] = await database.client.sql`select cancel_reason as text from deployments where id = ${id}`;
  expect(row?.text).toMatch(
    /^Its canary was taken back: Worse than #1: errors 100\.0 % against 0\.0 %.* requests, side by side\.$/,
  );
  expect(reason).toBeNull();
  const [entry] = await database.client.sql`
    select actor_name as name from audit_entries where action = 'deployments/cancel' and subject = ${`deployment:${id}`}`;
  expect(entry?.name).toBe("Verdict");
  expect((await route(service)).candidatePool).toBeNull();
  expect((await fetch(address(service))).status).toBe(200);
});

test("how it did beside what is live stands on its page, and in its log once it is over", async () => {
  const { service, settings, client } = await openService("told", { canary: "{share: 50%, for: 1h}" });
  const id = await ask(service, settings);
  await untilShared(service, id);
  const canaries = new WatchCanaries();
  const shown = await until(
    async () => {
      await canaries.round(database.ctx);
      return readCanary(database.ctx, id);
    },
    (canary) => (canary?.outcome?.ofNew.requests ?? 0) > 0,
  );
  expect(shown?.outcome).toMatchObject({ control: "controlled", source: "router", ofNew: { errors: 0 } });
  await setCanaryEnd(asAda(), { deploymentId: id, forMs: 0 });
  expect(await over(id)).toMatchObject({ status: "succeeded" });
  expect(await state.log(id)).toMatch(
    /All traffic follows\. (?:Not enough data yet|No worse than #1): .*errors 0\.0 % against 0\.0 %.*, side by side\./,
  );
  expect((await client.stop()).failures).toEqual([]);
});

test("while a router is silent, what it may still point to is not ended", async () => {
  const { service, settings, first, client } = await openService("unheard", {
    drain: "1s",
    canary: "{share: 50%, for: 1h}",
  });
  const id = await ask(service, settings);
  await untilShared(service, id);
  router.child.kill("SIGSTOP");
  await cancel(asAda(), { deploymentId: id });
  expect((await over(id)).status).toBe("cancelled");
  const pools = new Set((await state.instances(service.staging)).map(({ pool }) => pool));
  expect(pools.size).toBe(2);
  await expireWarmPools(database.ctx);
  expect(new Set((await state.instances(service.staging)).map(({ pool }) => pool)).size).toBe(2);
  router.child.kill("SIGCONT");
  await until(
    () => state.instances(service.staging),
    (instances) => instances.every(({ pool }) => pool === first.pool),
  );
  expect((await client.stop()).failures).toEqual([]);
});

test("a lost worker's canary ends, and the next worker begins it anew", async () => {
  const { service, settings, client } = await openService("lost", { canary: "{share: 50%, for: 2s}" });
  const id = await ask(service, settings);
  await untilShared(service, id);
  await worker.kill("SIGKILL");
  await database.client.sql`
    update deployments set lease_expires_at = clock_timestamp() - interval '1 second' where id = ${id}`;
  await reapLostDeployments(database.ctx);
  expect(await route(service)).toMatchObject({ candidatePool: null });
  worker = await lab.startWorker("canary");
  expect(await over(id)).toMatchObject({ status: "succeeded", attempt: 2 });
  expect(await answered(service)).toBe("2");
  expect((await client.stop()).failures).toEqual([]);
});

test("what is held back stays warm, ends in its time, and is gone back to at once", async () => {
  const { service, settings, first, client } = await openService("cautious", {
    holdback: "{share: 20%, for: 1h}",
  });
  const id = await ask(service, settings);
  const second = await over(id);
  expect(second.status).toBe("succeeded");
  expect(await route(service)).toMatchObject({ livePool: second.pool, candidatePool: first.pool });
  expect((await route(service)).candidateShare).toBeCloseTo(0.2);
  expect(await endShares(database.ctx)).toBe(0);
  expect(await state.log(id)).toContain("20 % of the requests stay with #1 for 1 h 0 m.");
  // The next release finds the third pool, and what was held back goes with the switch.
  const third = await over(await ask(service, settings));
  expect(third).toMatchObject({ status: "succeeded", pool: "violet" });
  expect(await route(service)).toMatchObject({ livePool: "violet", candidatePool: second.pool });
  const [commit] = await database.client.sql<{ sha: string; subject: string }[]>`
    select sha, subject from releases where id = ${second.releaseId}`;
  if (commit === undefined) throw new Error("There is no second release.");
  const back = await lab.ask({
    ...{ serviceEnvironmentId: service.staging, kind: "switch-back", commit, poolIsWarm: true },
    release: { id: second.releaseId, number: 2 },
  });
  expect(await over(back)).toMatchObject({ status: "succeeded", pool: second.pool });
  expect(await route(service)).toMatchObject({ livePool: second.pool, candidatePool: null });
  expect(await answered(service)).toBe("2");
  expect((await client.stop()).failures).toEqual([]);
});

test("what is held back no longer ends", async () => {
  const { service, settings, client } = await openService("brief", { holdback: "{share: 20%, for: 1h}" });
  await over(await ask(service, settings));
  await database.client.sql`
    update pointers set candidate_until = clock_timestamp() where service_environment_id = ${service.staging}`;
  expect(await endShares(database.ctx)).toBe(1);
  expect(await route(service)).toMatchObject({ candidatePool: null, candidateShare: 0 });
  expect((await client.stop()).failures).toEqual([]);
});
