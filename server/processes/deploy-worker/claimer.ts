import type { Machine } from "#server/flows/run-deployment/machine.ts";
import { runDeployment } from "#server/flows/run-deployment.ts";
import { type Claimed, claim } from "#server/services/deployments/claim.ts";
import type { ActiveDeployments } from "./active-deployments.ts";
import type { WorkerSettings } from "./start-worker.ts";

/** Claims and runs deployments while there is capacity, whenever somebody says that there may be one. */
export class Claimer {
  #options: WorkerSettings;
  #machine: Machine;
  #active: ActiveDeployments;
  #isLooking = false;
  #lookAgain = false;
  #isStopped = false;

  constructor(options: WorkerSettings, machine: Machine, active: ActiveDeployments) {
    this.#options = options;
    this.#machine = machine;
    this.#active = active;
  }

  look(): void {
    this.#lookAgain = true;
    if (!this.#isLooking) void this.#lookOnAndOn();
  }

  stop(): void {
    this.#isStopped = true;
  }

  async #lookOnAndOn(): Promise<void> {
    this.#isLooking = true;
    while (this.#lookAgain) {
      this.#lookAgain = false;
      await this.#claimAll().catch((problem: unknown) => {
        // The next poll looks again.
        this.#options.logger.warn({ err: problem }, "could not claim");
      });
    }
    this.#isLooking = false;
  }

  async #claimAll(): Promise<void> {
    const { ctx, settings, logger } = this.#options;
    while (!this.#isStopped && this.#active.busyCount < settings.workerCapacity) {
      const claimedAtMs = performance.now();
      const claimed = await claim(ctx, { workerId: this.#machine.workerId });
      if (claimed === null) return;
      this.#run(claimed, claimedAtMs)
        .catch((problem: unknown) => logger.error({ err: problem, claimed }, "the run broke off"))
        .finally(() => this.look());
    }
  }

  #run(claimed: Claimed, claimedAtMs: number): Promise<void> {
    return this.#active.add(claimed, claimedAtMs, ({ signal, onSwitched }) =>
      runDeployment(this.#options.ctx, this.#machine, claimed, {
        signal,
        onSwitched: () => {
          onSwitched();
          this.look();
        },
      }),
    );
  }
}
