import { Interruption } from "#server/flows/run-deployment/interruption.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Marks } from "#server/kernel/process-identity.ts";
import { type Lease, LeaseLostError } from "#server/services/deployments/lease.ts";
import { renewLease } from "#server/services/deployments/renew-lease.ts";
import { WatchdogLink } from "./watchdog-link.ts";

interface Active {
  lease: Lease;
  abort: AbortController;
  renewedAtMs: number;
  /** Switched: it no longer counts against the capacity. */
  isDraining: boolean;
  done: Promise<void>;
  /** Resolves when the lease may have passed on: nothing of it can be written any more. */
  lost: PromiseWithResolvers<void>;
}

/** A lease lasts ten seconds: work on it has ended for certain before it can pass on. */
const endedWithoutRenewalMs = 7_000;
/** After this worker's own end of it, which gives the command two seconds. */
const killedWithoutRenewalMs = 9_000;
const watchEveryMs = 250;

/** The deployments that this worker holds: renews their leases, and interrupts what it may no longer run. */
export class ActiveDeployments {
  #ctx: Context;
  #active = new Map<number, Active>();
  #watch: NodeJS.Timeout;
  #watchdog: WatchdogLink;

  /** `marks` are in the environment of everything that this worker starts. */
  constructor(ctx: Context, marks: Marks) {
    this.#ctx = ctx;
    this.#watchdog = new WatchdogLink(marks);
    this.#watch = setInterval(() => this.#interruptUnrenewed(), watchEveryMs);
  }

  get busyCount(): number {
    return [...this.#active.values()].filter((active) => !active.isDraining).length;
  }

  /** `claimedAtMs` is from before the claim was sent, by `performance.now()`. */
  add(
    lease: Lease,
    claimedAtMs: number,
    run: (options: { signal: AbortSignal; onSwitched(): void }) => Promise<void>,
  ): Promise<void> {
    const abort = new AbortController();
    const active: Active = {
      lease,
      abort,
      renewedAtMs: claimedAtMs,
      isDraining: false,
      done: Promise.resolve(),
      lost: Promise.withResolvers(),
    };
    this.#active.set(lease.deploymentId, active);
    this.#watchdog.hold(lease, killedWithoutRenewalMs - (performance.now() - claimedAtMs));
    const onSwitched = () => {
      active.isDraining = true;
    };
    active.done = run({ signal: abort.signal, onSwitched }).finally(() => {
      this.#watchdog.release(lease);
      if (this.#active.get(lease.deploymentId) === active) this.#active.delete(lease.deploymentId);
    });
    return active.done;
  }

  cancel(deploymentId: number): void {
    const active = this.#active.get(deploymentId);
    if (active !== undefined && !active.isDraining) active.abort.abort(new Interruption("cancelled"));
  }

  /** Interrupts all and waits until what they do is undone or handed on, or is another's for want of a database. */
  async stop(): Promise<void> {
    const all = [...this.#active.values()];
    for (const { abort } of all) abort.abort(new Interruption("worker-stops"));
    await Promise.allSettled(all.map(({ done, lost }) => Promise.race([done, lost.promise])));
    clearInterval(this.#watch);
    this.#watchdog.close();
  }

  /** One round of renewals. A missed cancel is noticed here at the latest. */
  async renew(): Promise<void> {
    await Promise.all([...this.#active.values()].map((active) => this.#renewOne(active)));
  }

  async #renewOne(active: Active): Promise<void> {
    const sentAtMs = performance.now();
    try {
      const { cancelRequested } = await renewLease(this.#ctx, active.lease);
      active.renewedAtMs = sentAtMs;
      this.#watchdog.hold(active.lease, killedWithoutRenewalMs - (performance.now() - sentAtMs));
      if (cancelRequested) this.cancel(active.lease.deploymentId);
    } catch (error) {
      // Other failures say nothing of the lease: the watch ends the work before it is over.
      if (error instanceof LeaseLostError) this.#loseLease(active);
      else throw error;
    }
  }

  #interruptUnrenewed(): void {
    for (const active of this.#active.values()) {
      if (performance.now() - active.renewedAtMs > endedWithoutRenewalMs) this.#loseLease(active);
    }
  }

  #loseLease(active: Active): void {
    active.abort.abort(new Interruption("lease-lost"));
    active.lost.resolve();
  }
}
