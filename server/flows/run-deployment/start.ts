import { join } from "node:path";
import { idlePool, type PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";
import { StepError } from "#server/kernel/errors.ts";
import { hold } from "#server/services/deployments/lease.ts";
import { noteProgress } from "#server/services/deployments/note-progress.ts";
import type { StepLog } from "#server/services/deployments/open-log.ts";
import { listPoolInstances } from "#server/services/targets/list-pool-instances.ts";
import { startPool } from "#server/services/targets/start-pool.ts";
import { takeWarmPool } from "#server/services/targets/take-warm-pool.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import type { Route } from "#server/services/traffic/route.ts";
import { waitForDrain } from "#server/services/traffic/wait-for-drain.ts";
import { type Run, releaseOf, settingsOf } from "./run.ts";
import { runStep, skipStep } from "./run-step.ts";
import { shippedFolder } from "./shipped-folder.ts";

/** Has the release run in the idle pool. Resolves with the pointer's generation that this was decided on. */
export async function start(run: Run): Promise<{ generation: number }> {
  const route = await readRoute(run);
  const color = idlePool(route.livePool);
  if (run.work.kind === "switch-back" && (await takeWarm(run, color))) {
    await skipStep(run, "start", "its pool is still warm");
    return route;
  }
  await runStep(run, "start", async (log) => {
    await untilFree(run, color, log);
    await shippedFolder(run);
    run.signal.throwIfAborted();
    await startInstances(run, color);
    const count = settingsOf(run).instances;
    return `${count} ${count === 1 ? "instance" : "instances"} in the ${color} pool`;
  });
  return route;
}

async function readRoute(run: Run): Promise<Route> {
  const [route] = await readRoutes(run.ctx, run.work.serviceEnvironmentId);
  if (route === undefined) throw new StepError("This service environment does not exist any more.");
  return route;
}

async function takeWarm(run: Run, color: PoolColor): Promise<boolean> {
  const key = { serviceEnvironmentId: run.work.serviceEnvironmentId, pool: color };
  const taken = await takeWarmPool(run.ctx, {
    ...key,
    releaseId: releaseOf(run).id,
    deploymentId: run.lease.deploymentId,
  });
  if (!taken) return false;
  const instances = await listPoolInstances(run.ctx, key);
  run.pool = { color, wasWarm: true, instanceIds: instances.map((instance) => instance.id) };
  await noteProgress(run.ctx, run.lease, { pool: color });
  return instances.length > 0;
}

/** No router may still point at the pool; requests still open to it get the drain time, and no more. */
async function untilFree(run: Run, color: PoolColor, log: StepLog): Promise<void> {
  const use = await waitForDrain(
    run.ctx,
    {
      serviceEnvironmentId: run.work.serviceEnvironmentId,
      pool: color,
      timeoutMs: settingsOf(run).drainMs,
      signal: run.signal,
    },
    run.machine.notices,
  );
  run.signal.throwIfAborted();
  if (use.pointedAtBy.length > 0) throw new StepError(use.reason ?? `The ${color} pool is not free.`);
  if (use.openRequests > 0) log.note(`The drain time is over: ${use.openRequests} open requests are ended.`);
}

async function startInstances(run: Run, color: PoolColor): Promise<void> {
  const { ctx, lease, machine, work } = run;
  const fence = async (tx: Context) => {
    await hold(tx, lease);
    await noteProgress(tx, lease, { pool: color });
  };
  const { instanceIds } = await startPool(
    ctx,
    {
      serviceEnvironmentId: work.serviceEnvironmentId,
      pool: color,
      releaseId: releaseOf(run).id,
      deploymentId: lease.deploymentId,
      workerId: machine.workerId,
      count: settingsOf(run).instances,
      host: machine.instanceHost,
      outputFolder: join(machine.dataFolder.instanceLogsFolder, work.service.slug),
    },
    fence,
  );
  run.pool = { color, wasWarm: false, instanceIds };
  await machine.keeper.reconcile();
}
