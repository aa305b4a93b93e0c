import type { InstanceStatus } from "./pools.ts";

/** What shows at the instances of a live pool that users are affected, or may be: they end again and again, or are not well. */

export interface SeenInstance {
  id: number;
  serviceEnvironmentId: number;
  status: InstanceStatus;
  /** How often it was started anew. */
  restarts: number;
  /** Of the same pool. */
  healthyInstances: number;
}

export interface Trouble {
  serviceEnvironmentId: number;
  kind: "crash-loop" | "unhealthy";
  /** Milliseconds of Unix time. */
  since: number;
  /** Nothing of the pool is well: nobody is served. */
  isTotal: boolean;
}

/** So many ends within so long are a loop: one that ends now and then is started anew, and nobody notices. */
const loopEnds = 3;
const loopWithinMs = 5 * 60_000;
/** An instance takes its time to start, and a health path may miss a beat. */
const unwellForMs = 15_000;

interface Known {
  restarts: number;
  endedAt: number[];
  unwellSince: number | null;
}

/** Remembers from one look to the next what became of each instance. */
export class InstanceTrouble {
  private known = new Map<number, Known>();

  /** `at` in milliseconds of Unix time. One trouble for each service environment: what began first. */
  look(instances: readonly SeenInstance[], at: number): Trouble[] {
    const next = new Map<number, Known>();
    for (const instance of instances) next.set(instance.id, this.follow(instance, at));
    this.known = next;
    const troubles = instances.flatMap((instance) => this.troubleOf(instance, at));
    const byPlace = Map.groupBy(troubles, ({ serviceEnvironmentId }) => serviceEnvironmentId);
    return [...byPlace.values()].flatMap(
      (here) => here.sort((one, other) => one.since - other.since)[0] ?? [],
    );
  }

  private follow({ id, restarts, status }: SeenInstance, at: number): Known {
    const before = this.known.get(id) ?? { restarts, endedAt: [], unwellSince: null };
    const ends = Array.from({ length: Math.max(0, restarts - before.restarts) }, () => at);
    const isUnwell = status === "unhealthy" || status === "restarting";
    return {
      restarts,
      endedAt: [...before.endedAt, ...ends].filter((moment) => moment > at - loopWithinMs),
      unwellSince: isUnwell ? (before.unwellSince ?? at) : null,
    };
  }

  private troubleOf({ id, serviceEnvironmentId, healthyInstances }: SeenInstance, at: number): Trouble[] {
    const { endedAt, unwellSince } = this.known.get(id) ?? { endedAt: [], unwellSince: null };
    const isTotal = healthyInstances === 0;
    const [firstEnd] = endedAt;
    if (endedAt.length >= loopEnds && firstEnd !== undefined) {
      return [{ serviceEnvironmentId, kind: "crash-loop", since: firstEnd, isTotal }];
    }
    if (unwellSince === null || at - unwellSince < unwellForMs) return [];
    return [{ serviceEnvironmentId, kind: "unhealthy", since: unwellSince, isTotal }];
  }
}

/** What users may feel of it, as a sentence without its full stop. */
export function troubleTitle({ kind, isTotal }: Pick<Trouble, "kind" | "isTotal">): string {
  const what = kind === "crash-loop" ? "end again and again" : "do not answer their health path well";
  return isTotal ? `Instances ${what}, and none is left that serves users` : `Instances ${what}`;
}
