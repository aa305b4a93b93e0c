import { setTimeout as delay } from "node:timers/promises";
import { type Limits, limitsWithin } from "#server/domain/limits.ts";
import { withOwnVariables } from "#server/domain/telemetry-variables.ts";
import type { Confine } from "#server/kernel/confinement.ts";
import type { Context } from "#server/kernel/context.ts";
import { ownerOf } from "#server/kernel/foreign-environments.ts";
import { findMarked, type Marks, type ProcessIdentity } from "#server/kernel/process-identity.ts";
import type { AccountOf } from "#server/kernel/service-accounts.ts";
import { endMarked } from "./end-marked.ts";
import { type Filler, InstanceRoom, type RoomOptions } from "./instance-room.ts";
import { type InstancePlace, type Keeping, KeptInstance } from "./kept-instance.ts";
import { type InstanceToKeep, listKept } from "./list-kept.ts";
import { instanceMarks, markedInstance } from "./marks.ts";
import type { RoomService } from "./measure-use.ts";
import { limitOutput } from "./output-file.ts";
import { writeInstance } from "./write-instance.ts";

export interface KeeperOptions {
  workerId: number;
  /** Carried by all that this worker starts, so that another life of it finds them. */
  marks: Marks;
  /**
   * The folder that the release was unpacked into, unpacked where it is missing; PATH, HOME and the like, never the
   * portal's own secrets; and whom the instance runs as. `secrets` are those of its configuration, opened; `telemetry` is
   * by what it may tell of itself, where the service says nothing else.
   */
  placeOf(
    instance: InstanceToKeep,
  ): Promise<InstancePlace & { secrets: Record<string, string>; telemetry: Record<string, string> }>;
  accountOf: AccountOf;
  confine: Confine;
  /** What an instance gets that asks for nothing, and the most. */
  limits: Limits;
  /** Where instances write, and what must stay free there. */
  room: RoomOptions;
  /** Ends what is in control groups of other names than these. */
  clearOthers(names: ReadonlySet<string>): Promise<void>;
  onProblem(problem: unknown): void;
  /** Told when instances had to end so that others find room. */
  onCleared(what: string): void;
}

const retryMs = 500;
const strayGraceMs = 10_000;
/** For the rows of what has ended, when this worker closes: the next one finds out by itself what is missing. */
const lastWritesWithinMs = 2_000;
/** Time in which a start command that only sends off a daemon is seen to end. */
const leaderProvesItselfMs = 2_000;
const leaderPollMs = 50;
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
  #strays = new Map<number, ProcessIdentity>();
  #room: InstanceRoom;
  /** Services whose files are being removed: nothing of them starts until then. */
  #clearing = new Map<number, Promise<unknown>>();
  #reconciling: Promise<void> = Promise.resolve();
  /** No row is taken up any more. */
  #isClosing = false;
  /** Nothing is written any more. */
  #isClosed = false;

  constructor(ctx: Context, options: KeeperOptions) {
    this.#ctx = ctx;
    this.#options = options;
    this.#room = new InstanceRoom(options.room);
  }

  /** Once at start: finds what an earlier life left, ends what nobody knows, adopts the rest. */
  async adopt(): Promise<void> {
    const rows = await listKept(this.#ctx, this.#options.workerId);
    const known = new Set<number | null>(rows.map((row) => row.id));
    this.#room.begin(this.#servicesOf(rows));
    const { marks } = this.#options;
    await endMarked(marks, strayGraceMs, ({ variables }) => !known.has(markedInstance(variables)));
    await this.#options.clearOthers(new Set(rows.map(groupName)));
    for (const { pid, startedAt, variables } of findMarked(marks)) {
      const id = markedInstance(variables);
      const row = rows.find((candidate) => candidate.id === id);
      if (id === null || row === undefined || this.#strays.has(id)) continue;
      if (this.#mayBeOf(row, pid)) this.#strays.set(id, { pid, startedAt });
    }
    await this.reconcile();
    this.#strays.clear();
  }

  /** Any service can put the mark of another's instance into its environment, but not run as its user. */
  #mayBeOf(row: InstanceToKeep, pid: number): boolean {
    const account = this.#options.accountOf(row.serviceId);
    const owner = ownerOf(pid);
    return account === null || owner === null || owner.uid === 0 || owner.uid === account.uid;
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

  /**
   * Null where the instance's own start command runs; else what became of it. One that has sent processes out of its
   * group is looked at for a while: they would be ended with it.
   */
  async whyNotUp(instanceId: number, signal: AbortSignal): Promise<string | null> {
    const kept = this.#kept.get(instanceId);
    if (kept === undefined) return this.over(instanceId);
    const deadline = performance.now() + (kept.hasOutsiders() ? leaderProvesItselfMs : 0);
    while (kept.isUp()) {
      if (performance.now() >= deadline) return null;
      await delay(leaderPollMs, undefined, { signal });
    }
    return kept.whyDown();
  }

  /** It has been verified: from now on it is started again when it dies. */
  prove(instanceIds: number[]): void {
    for (const id of instanceIds) this.#kept.get(id)?.prove();
  }

  /** Asks nothing of the database: instances print on when it is away. */
  async limitOutputs(): Promise<void> {
    for (const { instance } of this.#kept.values()) await limitOutput(instance.outputFile);
  }

  /** Where a disk runs low and one service's instances wrote most of it, those are started anew, its files removed. */
  async makeRoom(): Promise<void> {
    if (this.#isClosing) return;
    const instances = [...this.#kept.values()].map(({ instance }) => instance);
    const filler = await this.#room.findFiller(this.#servicesOf(instances));
    if (filler !== null && !this.#isClosing) await this.#clear(filler);
  }

  #servicesOf(instances: readonly InstanceToKeep[]): RoomService[] {
    const services = instances.map(({ serviceId: id, serviceSlug: slug }) => ({ id, slug }));
    return [...new Map(services.map((service) => [service.id, service])).values()].map((service) => ({
      ...service,
      account: this.#options.accountOf(service.id),
    }));
  }

  async #clear(filler: Filler): Promise<void> {
    const { id } = filler.service;
    const over = Promise.withResolvers<string>();
    let removed = "";
    this.#clearing.set(id, over.promise);
    try {
      const own = [...this.#kept.values()].filter(({ instance }) => instance.serviceId === id);
      await Promise.all(own.map((kept) => kept.halt(over.promise)));
      removed = `. ${await this.#room.clear(filler)}`;
    } finally {
      this.#clearing.delete(id);
      over.resolve(`was ended: ${filler.why}${removed}`);
      this.#options.onCleared(`The instances of ${filler.service.slug} were ended: ${filler.why}${removed}.`);
    }
  }

  /**
   * `leave`: the instances go on without this process. `pause`: they end, and start again with the next one. Processes
   * end whether or not the database takes what is to be written of it.
   */
  async close(how: "leave" | "pause"): Promise<void> {
    this.#isClosing = true;
    const all = [...this.#kept.values()];
    const over = Promise.allSettled(all.map((kept) => kept.stop(how)));
    await Promise.all(all.map((kept) => kept.released));
    await Promise.race([over, delay(lastWritesWithinMs)]);
    this.#isClosed = true;
  }

  async #reconcileOnce(): Promise<void> {
    if (this.#isClosing) return;
    const rows = await listKept(this.#ctx, this.#options.workerId);
    if (this.#isClosing) return;
    const present = new Set(rows.map((row) => row.id));
    for (const [id, kept] of this.#kept) if (!present.has(id)) void kept.stop("end");
    for (const row of rows) {
      if (row.status === "healthy") this.#kept.get(row.id)?.prove();
      if (!this.#kept.has(row.id)) this.#keep(row);
      if (row.status === "ending") void this.#kept.get(row.id)?.stop("end");
    }
    await Promise.all(rows.map((row) => this.#kept.get(row.id)?.launched));
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
    placeOf: async (instance, settings) => {
      await this.#clearing.get(instance.serviceId);
      const { secrets, telemetry, ...place } = await this.#options.placeOf(instance);
      const chosen = withOwnVariables(telemetry, { ...settings.env, ...secrets });
      const environment = { ...place.environment, ...chosen, ...ownVariables(instance) };
      return { ...place, environment };
    },
    confine: (instance, { limits }) =>
      this.#options.confine({
        name: groupName(instance),
        kind: "instance",
        limits: limitsWithin(limits.instances, this.#options.limits),
        account: this.#options.accountOf(instance.serviceId),
      }),
    marksOf: (id) => instanceMarks(this.#options.marks, id),
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
}

function groupName({ id }: Pick<InstanceToKeep, "id">): string {
  return `instance-${id}`;
}

function ownVariables(instance: InstanceToKeep): Record<string, string> {
  return {
    PORT: String(instance.port),
    HOST: instance.host,
    ANYTIME_RELEASE: String(instance.release.number),
    ANYTIME_SERVICE: instance.serviceSlug,
    ANYTIME_ENVIRONMENT: instance.environmentSlug,
    ANYTIME_POOL: instance.pool,
  };
}
