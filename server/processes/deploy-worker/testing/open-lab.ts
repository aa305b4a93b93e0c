import { chmod, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import type { DeploymentKind } from "#server/domain/deployment.ts";
import { planSteps } from "#server/domain/plan.ts";
import type { Context } from "#server/kernel/context.ts";
import { request } from "#server/services/deployments/request.ts";
import { ensureEnvironments } from "#server/services/services/ensure-environments.ts";
import { register } from "#server/services/services/register.ts";
import { endMarked } from "#server/services/targets/end-marked.ts";
import { ownerMarks } from "#server/services/targets/marks.ts";
import { openPools } from "#server/services/targets/open-pools.ts";
import { openPointer } from "#server/services/traffic/open-pointer.ts";
import { createRepository, type SampleRepository } from "./sample-repository.ts";
import { startWorkerProcess, type WorkerProcess } from "./worker-process.ts";

export interface LabService {
  slug: string;
  repository: SampleRepository;
  staging: number;
  production: number;
}

export interface LabRequest {
  serviceEnvironmentId: number;
  kind?: DeploymentKind;
  commit: { sha: string; subject: string };
  release?: { id: number; number: number };
  poolIsWarm?: boolean;
  cleanBuild?: boolean;
}

/** A data folder, real repositories and real workers around a database; `close` leaves nothing running. */
export interface Lab {
  ctx: Context;
  dataFolder: string;
  /** Where everybody may write, services under uids of their own too. */
  openFolder: string;
  addService(slug: string): Promise<LabService>;
  ask(wanted: LabRequest): Promise<number>;
  startWorker(name: string, variables?: Record<string, string>): Promise<WorkerProcess>;
  close(): Promise<void>;
}

export async function openLab(ctx: Context, databaseUrl: string): Promise<Lab> {
  const dataFolder = await mkdtemp(join(tmpdir(), "anytime-worker-"));
  const openFolder = await mkdtemp(join(tmpdir(), "anytime-open-"));
  await chmod(openFolder, 0o777);
  const workers = new Map<string, WorkerProcess>();
  await ensureEnvironments(ctx);
  const startWorker: Lab["startWorker"] = async (name, variables = {}) => {
    const worker = await startWorkerProcess({ databaseUrl, dataFolder, name, variables });
    workers.set(name, worker);
    return worker;
  };
  return {
    ctx,
    dataFolder,
    openFolder,
    startWorker,
    addService: (slug) => addService(ctx, dataFolder, slug),
    ask: (wanted) => ask(ctx, wanted),
    async close() {
      // A worker that was killed left its instances: its next life ends them.
      for (const [name, worker] of workers) {
        const code = await worker.stop("end");
        if (code !== 0) await (await startWorker(name)).stop("end");
        // One that was stopped with `keep` has left its instances, too.
        await endMarked(ownerMarks(dataFolder, name), 5_000);
      }
      for (const folder of [dataFolder, openFolder]) await rm(folder, { recursive: true, force: true });
    },
  };
}

async function addService(ctx: Context, dataFolder: string, slug: string): Promise<LabService> {
  const repository = await createRepository(join(dataFolder, "repositories", slug));
  const { serviceEnvironmentIds } = await register(ctx, {
    slug,
    name: slug,
    team: null,
    repositoryUrl: repository.folder,
    defaultBranch: "main",
    typedSettings: null,
    environmentSlugs: null,
    isTour: false,
  });
  for (const serviceEnvironmentId of serviceEnvironmentIds) {
    await openPointer(ctx, { serviceEnvironmentId });
    await openPools(ctx, { serviceEnvironmentId });
  }
  const [staging = 0, production = 0] = serviceEnvironmentIds;
  return { slug, repository, staging, production };
}

async function ask(ctx: Context, wanted: LabRequest): Promise<number> {
  const kind = wanted.kind ?? "deploy";
  const { id } = await request(ctx, {
    serviceEnvironmentId: wanted.serviceEnvironmentId,
    kind,
    ...wanted.commit,
    authorName: "Ada",
    releaseId: wanted.release?.id ?? null,
    cleanBuild: wanted.cleanBuild ?? false,
    reasons: [],
    steps: planSteps({
      kind,
      release: wanted.release === undefined ? null : { ...wanted.release, isArtifactGone: false },
      poolIsWarm: wanted.poolIsWarm ?? false,
      settings: null,
    }),
  });
  return id;
}

/** Asks again and again until it holds; fails with the last answer when it takes too long. */
export async function until<T>(
  look: () => Promise<T>,
  holds: (seen: T) => boolean,
  withinMs = 60_000,
): Promise<T> {
  const deadline = performance.now() + withinMs;
  for (;;) {
    const seen = await look();
    if (holds(seen)) return seen;
    if (performance.now() > deadline) throw new Error(`Still not so: ${JSON.stringify(seen)}`);
    await delay(25);
  }
}
