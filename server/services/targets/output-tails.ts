import type { Mask } from "#server/domain/mask-secrets.ts";
import type { Context } from "#server/kernel/context.ts";
import { listWatched, type WatchedInstance } from "./list-watched.ts";
import { OutputTail } from "./output-tail.ts";

/** The tails of a worker's instances that somebody looks at. */
export class OutputTails {
  readonly #ctx: Context;
  readonly #workerId: number;
  readonly #maskOf: (instance: WatchedInstance) => Promise<Mask>;
  #tails = new Map<number, OutputTail>();
  #reconciling: Promise<void> = Promise.resolve();

  constructor(ctx: Context, options: { workerId: number; maskOf(instance: WatchedInstance): Promise<Mask> }) {
    this.#ctx = ctx;
    this.#workerId = options.workerId;
    this.#maskOf = options.maskOf;
  }

  /** Looks who is watched by now; one look after the other, so that nobody's tail is begun twice. */
  reconcile(): Promise<void> {
    const next = this.#reconciling.then(() => this.#reconcileOnce());
    this.#reconciling = next.catch(() => undefined);
    return next;
  }

  async #reconcileOnce(): Promise<void> {
    const watched = await listWatched(this.#ctx, this.#workerId);
    const tails = await Promise.all(watched.map((instance) => this.#tailOf(instance)));
    this.#tails = new Map(tails.map((tail) => [tail.instanceId, tail]));
  }

  /** For a secret that is set while somebody looks the tail begins anew: it is hidden in what was shown, too. */
  async #tailOf(instance: WatchedInstance): Promise<OutputTail> {
    const former = this.#tails.get(instance.id);
    if (former?.newestSecretId === instance.newestSecretId) return former;
    return new OutputTail(this.#ctx, instance, await this.#maskOf(instance));
  }

  /** Shows what has come. Throws the first failure, once each was looked at. */
  async look(): Promise<void> {
    const looks = await Promise.allSettled([...this.#tails.values()].map((tail) => tail.look()));
    for (const look of looks) if (look.status === "rejected") throw look.reason;
  }
}
