import type { Mask } from "#server/domain/mask-secrets.ts";
import type { Context } from "#server/kernel/context.ts";
import { listWatched } from "./list-watched.ts";
import { OutputTail } from "./output-tail.ts";

/** The tails of a worker's instances that somebody looks at. */
export class OutputTails {
  readonly #ctx: Context;
  readonly #workerId: number;
  readonly #mask: Mask;
  #tails = new Map<number, OutputTail>();

  constructor(ctx: Context, options: { workerId: number; mask: Mask }) {
    this.#ctx = ctx;
    this.#workerId = options.workerId;
    this.#mask = options.mask;
  }

  /** Looks who is watched by now. */
  async reconcile(): Promise<void> {
    const watched = await listWatched(this.#ctx, this.#workerId);
    const former = this.#tails;
    this.#tails = new Map(
      watched.map((instance) => [
        instance.id,
        former.get(instance.id) ?? new OutputTail(this.#ctx, instance, this.#mask),
      ]),
    );
  }

  /** Shows what has come. */
  async look(): Promise<void> {
    for (const tail of this.#tails.values()) await tail.look();
  }
}
