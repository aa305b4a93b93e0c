import { randomUUID } from "node:crypto";
import type postgres from "postgres";
import { isFinished, stepNames } from "#server/domain/deployment.ts";
import { poolColors } from "#server/domain/pools.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { cancel } from "#server/services/deployments/cancel.ts";
import { claim } from "#server/services/deployments/claim.ts";
import { endDrain } from "#server/services/deployments/end-drain.ts";
import { fail } from "#server/services/deployments/fail.ts";
import { finishCancel } from "#server/services/deployments/finish-cancel.ts";
import { finishStep } from "#server/services/deployments/finish-step.ts";
import type { Lease } from "#server/services/deployments/lease.ts";
import { readInterrupted } from "#server/services/deployments/list-interrupted.ts";
import { markSwitched } from "#server/services/deployments/mark-switched.ts";
import { readWork } from "#server/services/deployments/read-work.ts";
import { registerWorker } from "#server/services/deployments/register-worker.ts";
import { renewLease } from "#server/services/deployments/renew-lease.ts";
import { request } from "#server/services/deployments/request.ts";
import { startStep } from "#server/services/deployments/start-step.ts";
import { succeed } from "#server/services/deployments/succeed.ts";
import { supersede } from "#server/services/deployments/supersede.ts";
import { readRoutes } from "#server/services/traffic/read-routes.ts";
import { switchPool } from "#server/services/traffic/switch-pool.ts";
import { makeWay } from "../make-way.ts";
import { reapLostDeployments } from "../reap-lost-deployments.ts";
import { settleInterrupted } from "../settle-interrupted.ts";
import type { Deed, Seen, Snapshot } from "./queue-model.ts";

/** What may happen; `pick` chooses the service environment, the worker, the deployment or the lease. */
export const queueEvents = [
  "request",
  "supersede",
  "switchBack",
  "claim",
  "renew",
  "startMigrate",
  "finishMigrate",
  "cancel",
  "finishCancel",
  "crash",
  "reap",
  "interrupt",
  "switch",
  "succeed",
  "endDrain",
  "fail",
] as const;
export type QueueEvent = (typeof queueEvents)[number];

/** Something that will happen, with its subject chosen: what happens beside it changes that no more. */
export interface Chosen {
  /** Whose turn it is where one actor does several things: a worker runs the steps of a lease one by one. */
  actor: string;
  /** Does it with the real verbs; what the database refuses as a conflict is a deed that was not done. */
  happen(): Promise<Deed[]>;
}

/** The rows of a queue and those who act on it, each on a connection of its own. */
export interface QueuePlay {
  choose(event: QueueEvent, pick: number): Chosen;
  look(): Promise<Snapshot>;
  /** With a worker that reaps and claims and a clock that goes on, until nothing is left to do. */
  goOnToTheEnd(): Promise<void>;
  reset(): Promise<void>;
}

/** Where deployments are asked for. Its release's settings know of no migration that may run twice. */
export interface Place {
  service: string;
  serviceEnvironmentId: number;
  releaseId: number;
}

export async function openQueuePlay(
  ctx: Context,
  client: postgres.Sql,
  places: readonly Place[],
): Promise<QueuePlay> {
  const names = ["first", "second"];
  const registered = names.map((name) => registerWorker(ctx, { name, host: "here", pid: 1, capacity: 4 }));
  const workerIds = (await Promise.all(registered)).map(({ id }) => id);
  let asked: number[] = [];
  let leases: Lease[] = [];
  let migrated: number[] = [];

  const ofNobody = (happen: () => Promise<Deed[]>): Chosen => ({ actor: randomUUID(), happen });

  async function claiming(workerId: number): Promise<Deed[]> {
    const claimed = await claim(ctx, { workerId });
    if (claimed === null) return [];
    leases.push(claimed);
    return [{ event: "claim", deploymentId: claimed.deploymentId, lease: null, done: true }];
  }

  async function asking(event: Asking, place: Place): Promise<Deed[]> {
    const { id } = await askFor(ctx, client, event, place);
    asked.push(id);
    return [{ event: "request", deploymentId: id, lease: null, done: true }];
  }

  async function cancelling(deploymentId: number | undefined): Promise<Deed[]> {
    if (deploymentId === undefined) return [];
    const done = await isTaken(cancel(ctx, { deploymentId }));
    return [{ event: "cancel", deploymentId, lease: null, done }];
  }

  function ofLease(event: QueueEvent, lease: Lease | undefined): Chosen {
    if (lease === undefined) return ofNobody(async () => []);
    // A lease is renewed beside its steps, and time goes by for all.
    const actor = ["renew", "crash"].includes(event)
      ? randomUUID()
      : `${lease.deploymentId}-${lease.leaseNumber}`;
    return {
      actor,
      async happen() {
        const done = await actUnder(ctx, client, event, lease);
        if (event === "startMigrate" && done === true) migrated.push(lease.deploymentId);
        return done === null ? [] : [{ event, deploymentId: lease.deploymentId, lease, done }];
      },
    };
  }

  return {
    choose(event, pick) {
      const place = places[pick % places.length] as Place;
      const recent = <T>(all: readonly T[]) => all.at(-1 - (pick % Math.max(1, all.length)));
      if (event === "request" || event === "supersede" || event === "switchBack") {
        return ofNobody(() => asking(event, place));
      }
      if (event === "claim") return ofNobody(() => claiming(workerIds[pick % workerIds.length] ?? 0));
      const target = recent(asked);
      if (event === "cancel") return ofNobody(() => cancelling(target));
      if (event !== "reap") return ofLease(event, recent(leases));
      return ofNobody(async () => {
        await reapLostDeployments(ctx);
        return [];
      });
    },
    look: () => look(client, migrated),
    async goOnToTheEnd() {
      for (;;) {
        await client`update deployments set lease_expires_at = clock_timestamp() - interval '1 second'
          where lease_expires_at is not null`;
        await reapLostDeployments(ctx);
        const lease = await claim(ctx, { workerId: workerIds[0] ?? 0 });
        if (lease === null) return;
        if ((await actUnder(ctx, client, "switch", lease)) !== true) throw new Error("It could not switch.");
        await succeed(ctx, lease);
        await endDrain(ctx, lease);
      }
    },
    async reset() {
      await client`delete from deployments`;
      asked = [];
      leases = [];
      migrated = [];
    },
  };
}

type Asking = Extract<QueueEvent, "request" | "supersede" | "switchBack">;

/** As flows/request-deployment does it. */
function askFor(ctx: Context, client: postgres.Sql, event: Asking, place: Place): Promise<{ id: number }> {
  const { service, serviceEnvironmentId, releaseId } = place;
  return inTransaction(ctx, async (tx) => {
    if (event === "switchBack") {
      await makeWay(tx, { serviceSlug: service, serviceEnvironmentId }, "It was switched back.");
    }
    const waiting = await client<{ id: number }[]>`
      select id::int from deployments
      where service_environment_id = ${serviceEnvironmentId} and status = 'queued' and kind = 'deploy'`;
    const requested = await request(tx, {
      serviceEnvironmentId,
      kind: event === "switchBack" ? "switch-back" : "deploy",
      sha: "a".repeat(40),
      subject: "Change",
      authorName: "Ada",
      releaseId,
      reasons: [],
      steps: stepNames.map((name) => ({ name, skip: null })),
    });
    const superseded = event === "supersede" ? waiting.map(({ id }) => id) : [];
    await supersede(tx, { deploymentIds: superseded, by: requested.id });
    return requested;
  });
}

/** False where it was refused as a conflict: every other error is the test's failure. */
async function isTaken(work: Promise<unknown>): Promise<boolean> {
  try {
    await work;
    return true;
  } catch (error) {
    if (error instanceof ConflictError) return false;
    throw error;
  }
}

/** Time goes by: what this worker holds runs out, by database time. */
async function endLease(client: postgres.Sql, lease: Lease): Promise<null> {
  await client`update deployments set lease_expires_at = clock_timestamp() - interval '1 second'
    where id = ${lease.deploymentId} and lease_number = ${lease.leaseNumber} and lease_expires_at is not null`;
  return null;
}

/** What a worker does, in the order of its own code; null where it has nothing to do. */
async function actUnder(
  ctx: Context,
  client: postgres.Sql,
  event: QueueEvent,
  lease: Lease,
): Promise<boolean | null> {
  if (event === "crash") return endLease(client, lease);
  if (event === "renew") return isTaken(renewLease(ctx, lease));
  if (event === "startMigrate") return startMigrate(ctx, lease);
  if (event === "finishMigrate") {
    return isTaken(finishStep(ctx, lease, { name: "migrate", status: "succeeded", detail: null }));
  }
  if (event === "switch") return isTaken(switchOver(ctx, client, lease));
  if (event === "succeed") return isTaken(succeed(ctx, lease));
  if (event === "fail") return isTaken(fail(ctx, lease, { step: "build", reason: "It broke." }));
  if (event === "finishCancel") return isTaken(finishCancel(ctx, lease));
  if (event === "endDrain") {
    await endDrain(ctx, lease);
    return null;
  }
  const interrupted = await readInterrupted(ctx, lease);
  return interrupted === null ? null : isTaken(settleInterrupted(ctx, interrupted));
}

/** As run-deployment/migrate.ts: what an earlier attempt finished is not run again. */
async function startMigrate(ctx: Context, lease: Lease): Promise<boolean | null> {
  try {
    const { steps } = await readWork(ctx, lease);
    const status = steps.find(({ name }) => name === "migrate")?.status;
    if (status !== "pending") return null;
    return await isTaken(startStep(ctx, lease, "migrate"));
  } catch (error) {
    if (error instanceof ConflictError) return null;
    throw error;
  }
}

/** As run-deployment/switch-traffic.ts. */
async function switchOver(ctx: Context, client: postgres.Sql, lease: Lease): Promise<void> {
  const [row] = await client<{ serviceEnvironmentId: number }[]>`
    select service_environment_id::int as "serviceEnvironmentId" from deployments where id = ${lease.deploymentId}`;
  const serviceEnvironmentId = row?.serviceEnvironmentId ?? 0;
  const [route] = await readRoutes(ctx, serviceEnvironmentId);
  const toPool = poolColors.find((color) => color !== route?.livePool) ?? "blue";
  await inTransaction(ctx, async (tx) => {
    await markSwitched(tx, lease);
    await switchPool(tx, { serviceEnvironmentId, toPool, expectedGeneration: route?.generation ?? 0 });
  });
}

async function look(client: postgres.Sql, migrated: readonly number[]): Promise<Snapshot> {
  const rows = await client<Omit<Seen, "migrations">[]>`
    select id::int, service_environment_id::int as "serviceEnvironmentId", kind = 'switch-back' as "isSwitchBack",
      status, switched_at is not null as "hasSwitched", cancel_requested_at is not null as "cancelRequested",
      lease_number as "leaseNumber", lease_worker_id::int as "workerId",
      coalesce(lease_expires_at > clock_timestamp(), false) as "isHeld", finished_at is not null as "isFinishedAt"
    from deployments d`;
  const pointers = await client<{ id: number; generation: number }[]>`
    select service_environment_id::int as id, generation::int from pointers`;
  return {
    rows: new Map(
      rows.map((row) => [row.id, { ...row, migrations: migrated.filter((id) => id === row.id).length }]),
    ),
    generations: new Map(pointers.map(({ id, generation }) => [id, generation])),
  };
}

export function unfinishedOf(seen: Snapshot): number[] {
  return [...seen.rows.values()]
    .filter(({ status, isHeld }) => !isFinished(status) || isHeld)
    .map(({ id }) => id);
}
