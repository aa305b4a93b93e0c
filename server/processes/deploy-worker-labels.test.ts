import { eq } from "drizzle-orm";
import { expect, test, vi } from "vitest";
import { serviceEnvironments } from "#db/schema/services.ts";
import { getDeployment } from "#server/services/deployments/get-deployment.ts";
import { listWorkers } from "#server/services/deployments/list-workers.ts";
import { until } from "./deploy-worker/testing/open-lab.ts";
import { openTestLab } from "./deploy-worker/testing/open-test-lab.ts";
import { sampleFiles, sampleSettings } from "./deploy-worker/testing/sample-service.ts";

/** What a worker is called and what it says that it can do. */
vi.setConfig({ testTimeout: 60_000 });
const { database, lab, state, untilOver, deploy } = await openTestLab();

const askForLabel = (serviceEnvironmentId: number, workerLabel: string) =>
  database.ctx.db
    .update(serviceEnvironments)
    .set({ workerLabel })
    .where(eq(serviceEnvironments.id, serviceEnvironmentId));

const self = async (name: string) => (await listWorkers(database.ctx)).find((worker) => worker.name === name);

test("what asks for a label waits for a worker that has it, and any other passes it by", async () => {
  await lab.startWorker("plain");
  const [labelled, other] = [await lab.addService("labelled"), await lab.addService("other")];
  await askForLabel(labelled.staging, "gpu");
  const files = sampleFiles({ settings: sampleSettings({ build: "exit 1" }) });
  const first = await lab.ask({
    serviceEnvironmentId: labelled.staging,
    commit: await labelled.repository.commit(files, "First"),
  });
  const second = await lab.ask({
    serviceEnvironmentId: other.staging,
    commit: await other.repository.commit(files, "Second"),
  });
  const statusOf = async (id: number) => (await getDeployment(database.ctx, id)).status;
  await until(
    () => statusOf(second),
    (status) => status === "failed",
  );
  expect(await statusOf(first)).toBe("queued");
  await lab.startWorker("with-gpu", { ANYTIME_WORKER_LABELS: "arm64, gpu" });
  expect((await self("with-gpu"))?.labels).toEqual(["arm64", "gpu"]);
  await until(
    () => statusOf(first),
    (status) => status === "failed",
  );
});

test("whatever worker is there turns traffic back to a warm pool; what must be started waits for the label", async () => {
  const service = await lab.addService("back");
  const { staging: serviceEnvironmentId } = service;
  await lab.startWorker("plain");
  const special = await lab.startWorker("special", { ANYTIME_WORKER_LABELS: "special" });
  await askForLabel(serviceEnvironmentId, "special");
  const { commit, releaseId } = await deploy(service, sampleFiles());
  await deploy(service, { "change.txt": "2" });
  await special.stop("keep");
  const back = { serviceEnvironmentId, kind: "switch-back", commit } as const;
  const release = { id: releaseId, number: 1 };
  const asked = await lab.ask({ ...back, release, poolIsWarm: true });
  expect(await untilOver(asked)).toMatchObject({ status: "succeeded", attempt: 1 });
  expect(
    await until(
      () => state.liveInstances(serviceEnvironmentId),
      (live) => live.length > 0,
    ),
  ).toMatchObject([
    { pool: "blue", status: "healthy" },
    { pool: "blue", status: "healthy" },
  ]);
});

test("of two with one name the later goes on, and the earlier ends and leaves word where it was", async () => {
  const earlier = await lab.startWorker("twin");
  const later = await lab.startWorker("twin");
  const clashed = await until(
    () => self("twin"),
    (worker) => worker?.clash != null,
  );
  expect(clashed?.clash?.where).toMatch(new RegExp(`, process ${earlier.pid}$`));
  expect(clashed).toMatchObject({ pid: later.pid, isAlive: true });
  expect(await earlier.stop("keep")).toBe(1);
});
