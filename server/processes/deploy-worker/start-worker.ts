import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import type { DatabaseClient } from "#db/client.ts";
import { clearMachineArtifacts } from "#server/flows/clear-artifacts.ts";
import { removeSetAside, setAsideRemovedServices, setAsideWorkspaces } from "#server/flows/clear-machine.ts";
import { expireWarmPools } from "#server/flows/expire-warm-pools.ts";
import { reapLostDeployments } from "#server/flows/reap-lost-deployments.ts";
import { maskOf } from "#server/flows/run-deployment/open-run-secrets.ts";
import type { Context } from "#server/kernel/context.ts";
import { removeEmptyGroups } from "#server/kernel/control-groups.ts";
import type { DataFolder } from "#server/kernel/data-folder.ts";
import { isDatabaseAway } from "#server/kernel/database-away.ts";
import type { Settings } from "#server/kernel/env.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { listen, type Notice } from "#server/kernel/notifications.ts";
import { heartbeatWorker } from "#server/services/deployments/heartbeat-worker.ts";
import { noteClash } from "#server/services/deployments/note-clash.ts";
import { registerWorker } from "#server/services/deployments/register-worker.ts";
import { relinquishLeases } from "#server/services/deployments/relinquish-leases.ts";
import { retireWorker } from "#server/services/deployments/retire-worker.ts";
import { limitCaches } from "#server/services/pipeline/limit-caches.ts";
import { prepareArtifactWork } from "#server/services/pipeline/run-artifact-work.ts";
import type { InstanceKeeper } from "#server/services/targets/instance-keeper.ts";
import { OutputTails } from "#server/services/targets/output-tails.ts";
import { ActiveDeployments } from "./active-deployments.ts";
import { Claimer } from "./claimer.ts";
import { succeedEarlierLife } from "./earlier-life.ts";
import { isolateServices } from "./isolate-services.ts";
import { NoticeHub } from "./notice-hub.ts";
import { openMachine } from "./open-machine.ts";
import { repeat } from "./repeat.ts";
import type { Instances } from "./stop-signals.ts";

export interface WorkerSettings {
  ctx: Context;
  /** On a connection of its own: leases and heartbeats wait behind nothing else where the database is slow. */
  lifeline: Context;
  sql: DatabaseClient["sql"];
  settings: Settings;
  dataFolder: DataFolder;
  logger: Logger;
}

export interface Worker {
  stop(instances: Instances): Promise<void>;
  /** Resolves when another process has taken this worker's name: this one must end and touch nothing more. */
  superseded: Promise<void>;
}

const renewEveryMs = 2_000;
const pollEveryMs = 2_000;
/** At the output of instances that somebody looks at. */
const lookEveryMs = 150;
/** As often as steps do: a fast disk takes a gigabyte in seconds. */
const lookForRoomEveryMs = 500;
const clearEveryMs = 3_600_000;
const farewellWithinMs = 1_000;

/** Registers the worker, takes up the instances of its earlier life, and claims whatever waits. */
export async function startWorker(options: WorkerSettings): Promise<Worker> {
  const { ctx, settings, logger } = options;
  const isolation = isolateServices(options);
  const identity = {
    name: settings.workerName,
    host: hostname(),
    pid: process.pid,
    capacity: settings.workerCapacity,
    labels: settings.workerLabels,
    isolation: isolation.standing,
  };
  prepareArtifactWork();
  const life = await registerWorker(ctx, identity);
  const heartbeat = () => heartbeatWorker(options.lifeline, life);
  // To connect takes several round trips: that is over before a lease depends on it.
  await heartbeat();
  const { id } = life;
  const hub = new NoticeHub();
  const machine = openMachine(options, isolation, id, hub);
  const earlierIsOver = await succeedEarlierLife(machine.dataFolder, machine.markVariables);
  await machine.keeper.adopt();
  await setAsideWorkspaces(ctx, machine);
  if (earlierIsOver) {
    // What it held goes on now, not when its leases run out.
    await relinquishLeases(ctx, { workerId: id });
    await reapLostDeployments(ctx);
  }
  const tails = new OutputTails(ctx, {
    workerId: id,
    maskOf: async (instance) => (await maskOf(ctx, machine, instance)).mask,
  });

  const active = new ActiveDeployments(options.lifeline, machine.markVariables);
  const claimer = new Claimer(options, machine, active);
  const { promise: superseded, resolve: supersede } = Promise.withResolvers<void>();
  const report = (problem: unknown) => {
    if (problem instanceof ConflictError) supersede();
    else logger.warn({ err: problem, databaseAway: isDatabaseAway(problem) }, "will try again");
  };
  const clear = () =>
    setAsideRemovedServices(ctx, machine)
      .then(() => removeSetAside(machine.dataFolder))
      .catch(report);
  const unsubscribe = hub.subscribe((notice) => {
    if (notice.topic === "queue") claimer.look();
    if (notice.topic === "cancel") active.cancel(Number(notice.id));
    if (notice.topic === "service") void clear();
    if (notice.topic === "worker" && notice.id === String(id)) {
      heartbeat().catch(report);
      machine.keeper.reconcile().catch(report);
    }
    if (notice.topic === "watch" && notice.id === String(id)) tails.reconcile().catch(report);
  });
  const listener = await listen(options.sql, {
    onNotice: (notice: Notice) => hub.tell(notice),
    onResync: () => claimer.look(),
  });
  // These go on to the end: a worker that takes its time to stop is neither silent nor without its leases.
  const lastRounds = [
    repeat(renewEveryMs, () => active.renew(), report),
    repeat(pollEveryMs, heartbeat, report),
  ];
  const rounds = [
    repeat(pollEveryMs, () => machine.keeper.reconcile(), report),
    repeat(pollEveryMs, () => machine.keeper.limitOutputs(), report),
    repeat(lookForRoomEveryMs, () => machine.keeper.makeRoom(), report),
    repeat(pollEveryMs, () => tails.reconcile(), report),
    repeat(lookEveryMs, () => tails.look(), report),
    repeat(pollEveryMs, () => expireWarmPools(ctx), report),
    repeat(pollEveryMs, async () => claimer.look(), report),
    // As monitors do: what a lost worker held does not wait for one of those to be there.
    repeat(
      pollEveryMs,
      async () => void (await reapLostDeployments(ctx)),
      (err) => logger.warn({ err }, "what others lost is not settled"),
    ),
  ];
  const clearUnneeded = async () => {
    await clearMachineArtifacts(ctx, machine);
    await limitCaches(machine.dataFolder.cachesFolder, settings.cacheBytes);
    await removeSetAside(machine.dataFolder);
  };
  rounds.push(repeat(clearEveryMs, clearUnneeded, report));
  void clear().then(clearUnneeded).catch(report);
  claimer.look();
  return {
    superseded: superseded.then(() => attempt(noteClash(ctx, { id, ...identity }), report)),
    async stop(instances) {
      unsubscribe();
      claimer.stop();
      for (const round of rounds) round.stop();
      await letGo(active, machine.keeper, instances);
      await attempt(retireWorker(ctx, life), report);
      for (const round of lastRounds) round.stop();
      removeEmptyGroups(isolation.groups);
      await listener.close();
    },
  };
}

/** Instances that are to end do not wait for deployments that can hand nothing on while the database is away. */
async function letGo(active: ActiveDeployments, keeper: InstanceKeeper, instances: Instances): Promise<void> {
  if (instances === "end") {
    await Promise.all([active.stop(), keeper.close("pause")]);
  } else {
    await active.stop();
    await keeper.close("leave");
  }
}

/** A farewell that the database does not take in time is left unsaid. */
async function attempt(farewell: Promise<unknown>, report: (problem: unknown) => void): Promise<void> {
  await Promise.race([farewell.catch(report), delay(farewellWithinMs)]);
}
