import { setTimeout as delay } from "node:timers/promises";
import type { ServiceSettings } from "#server/domain/service-settings.ts";
import type { Context } from "#server/kernel/context.ts";
import { findMarked, startTimeOf } from "#server/kernel/process-identity.ts";
import { type Keeping, KeptInstance } from "./kept-instance.ts";
import { type InstanceToKeep, listKept } from "./list-kept.ts";
import { limitOutput } from "./output-file.ts";
import { endProcess, sendSignal } from "./running-process.ts";
import { writeInstance } from "./write-instance.ts";

export interface KeeperOptions {
  workerId: number;
  /** Names this worker in the environment of all that it starts, so that another life of it finds them. */
  mark: string;
  /** What every instance gets: PATH, HOME and the like, never the portal's own secrets. */
  baseEnvironment: Record<string, string>;
  /** The folder that the release was unpacked into; unpacks it where it is missing. */
  folderOf(instance: InstanceToKeep): Promise<string>;
  onProblem(problem: unknown): void;
}

export const markVariable = "ANYTIME_OWNER";
const instanceVariable = "ANYTIME_INSTANCE";
const retryMs = 500;
const rememberedFates = 500;

/**
 * Targets: how releases are run. This room owns the pools and their instances. The keeper makes the worker's
 * processes agree with its rows: launches, adopts, restarts and ends instances.
 */
export class InstanceKeeper {
  #ctx: Context;
  #options: KeeperOptions;
  #kept = new Map<number, KeptInstance>();
  /** What became of the latest instances that are kept no more. */
  #fates = new Map<number, string>();
  #strays = new Map<number, { pid: number; startedAt: string }>();
  #reconciling: Promise<void> = Promise.resolve();
  #isClosed = false;

  constructor(ctx: Context, options: KeeperOptions) {
    this.#ctx = ctx;
    this.#options = options;
  }

  /** Once at start: finds what an earlier life left, ends what nobody knows, adopts the rest. */
  async adopt(): Promise<void> {
    const found = findMarked(markVariable, this.#options.mark);
    const rows = await listKept(this.#ctx, this.#options.workerId);
    const known = new Set(rows.map((row) => row.id));
    const strangers = found.filter(({ variables }) => !known.has(Number(variables.get(instanceVariable))));
    await Promise.all(strangers.map(({ pid }) => endStray(pid)));
    for (const { pid, variables } of found) {
      const startedAt = startTimeOf(pid);
      const id = Number(variables.get(instanceVariable));
      if (startedAt !== null && known.has(id) && !this.#strays.has(id))
        this.#strays.set(id, { pid, startedAt });
    }
    await this.reconcile();
    this.#strays.clear();
  }

  /** Brings processes in line with rows; resolves when what was to start has been launched. */
  reconcile(): Promise<void> {
    const next = this.#reconciling.then(() => this.#reconcileOnce());
    this.#reconciling = next.catch(() => undefined);
    return next;
  }

  /** Resolves when the instance is kept no more, with what became of it. */
  async over(instanceId: number): Promise<string> {
    const over = this.#kept.get(instanceId)?.over ?? this.#fates.get(instanceId);
    return (await over) ?? "is not looked after by this worker";
  }

  /** It has been verified: from now on it is started again when it dies. */
  prove(instanceIds: number[]): void {
    for (const id of instanceIds) this.#kept.get(id)?.prove();
  }

  /** `leave`: the instances go on without this process. `pause`: they end, and start again with the next one. */
  async close(how: "leave" | "pause"): Promise<void> {
    await this.#reconciling;
    await Promise.all([...this.#kept.values()].map((kept) => kept.stop(how)));
    this.#isClosed = true;
  }

  async #reconcileOnce(): Promise<void> {
    if (this.#isClosed) return;
    const rows = await listKept(this.#ctx, this.#options.workerId);
    const present = new Set(rows.map((row) => row.id));
    for (const [id, kept] of this.#kept) if (!present.has(id)) void kept.stop("end");
    for (const row of rows) {
      if (row.status === "healthy") this.#kept.get(row.id)?.prove();
      if (!this.#kept.has(row.id)) this.#keep(row);
      if (row.status === "ending") void this.#kept.get(row.id)?.stop("end");
    }
    await Promise.all(rows.map((row) => this.#kept.get(row.id)?.launched));
    await Promise.all(rows.map((row) => limitOutput(row.outputFile)));
  }

  #keep(row: InstanceToKeep): void {
    const kept = new KeptInstance(this.#keeping, row);
    this.#kept.set(row.id, kept);
    kept.over
      .then((fate) => this.#remember(row.id, fate))
      .catch((problem: unknown) => this.#options.onProblem(problem))
      .finally(() => this.#kept.delete(row.id));
  }

  #remember(id: number, fate: string): void {
    this.#fates.set(id, fate);
    const [oldest] = this.#fates.keys();
    if (oldest !== undefined && this.#fates.size > rememberedFates) this.#fates.delete(oldest);
  }

  #keeping: Keeping = {
    save: (instance, change) => this.#persist(() => writeInstance(this.#ctx, instance, change)),
    folderOf: (instance) => this.#options.folderOf(instance),
    environmentOf: (instance, settings) => this.#environmentOf(instance, settings),
    findStray: (id) => this.#strays.get(id) ?? null,
  };

  /** Processes live and die while the database is away: what happened is written when it is back. */
  async #persist(write: () => Promise<boolean>): Promise<boolean> {
    while (!this.#isClosed) {
      try {
        return await write();
      } catch (problem) {
        this.#options.onProblem(problem);
        await delay(retryMs, undefined, { ref: false });
      }
    }
    return false;
  }

  #environmentOf(instance: InstanceToKeep, settings: ServiceSettings): Record<string, string> {
    return {
      ...this.#options.baseEnvironment,
      ...settings.env,
      PORT: String(instance.port),
      HOST: instance.host,
      ANYTIME_RELEASE: String(instance.release.number),
      ANYTIME_SERVICE: instance.serviceSlug,
      ANYTIME_ENVIRONMENT: instance.environmentSlug,
      ANYTIME_POOL: instance.pool,
      [instanceVariable]: String(instance.id),
      [markVariable]: this.#options.mark,
    };
  }
}

/** With its group, where it leads one. */
async function endStray(pid: number): Promise<void> {
  const startedAt = startTimeOf(pid);
  if (startedAt === null) return;
  sendSignal(pid, "SIGTERM");
  await endProcess({ pid, startedAt, exited: Promise.resolve("") });
  if (startTimeOf(pid) === startedAt) sendSignal(pid, "SIGKILL");
}
