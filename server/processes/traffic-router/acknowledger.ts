import { isDeepStrictEqual } from "node:util";
import { databaseProblem } from "#server/kernel/database-problem.ts";
import { messageOf } from "#server/kernel/errors.ts";
import type { Logger } from "#server/kernel/logger.ts";
import type { Acknowledgement } from "#server/services/traffic/acknowledge.ts";

const retryMs = 250;

/**
 * Tells the database which generation this router serves and how much is still open to old pools. A route is on disk
 * before it is acknowledged: a router that starts without a database must not point where it promised not to.
 */
export class Acknowledger {
  private readonly save: () => Promise<void>;
  private readonly send: (states: Acknowledgement[]) => Promise<void>;
  private readonly logger: Logger;
  private readonly current = new Map<number, Acknowledgement>();
  private readonly due = new Set<number>();
  private flushing = false;
  private isFailing = false;
  private retry: NodeJS.Timeout | null = null;

  constructor(parts: {
    save: () => Promise<void>;
    send: (states: Acknowledgement[]) => Promise<void>;
    logger: Logger;
  }) {
    this.save = parts.save;
    this.send = parts.send;
    this.logger = parts.logger;
  }

  applied(states: Acknowledgement[]): void {
    for (const state of states) {
      const known = this.current.get(state.serviceEnvironmentId);
      if (isDeepStrictEqual(known, state)) continue;
      this.current.set(state.serviceEnvironmentId, state);
      this.due.add(state.serviceEnvironmentId);
    }
    void this.flush();
  }

  forget(serviceEnvironmentIds: number[]): void {
    for (const id of serviceEnvironmentIds) this.current.delete(id);
  }

  /** After a registration, which voids what was acknowledged before. */
  sayAllAgain(): void {
    for (const id of this.current.keys()) this.due.add(id);
    void this.flush();
  }

  /** Instances changed, which nobody waits for. */
  async saveOnly(): Promise<void> {
    try {
      await this.save();
    } catch (error) {
      this.logger.error(`The state file cannot be written: ${messageOf(error)}`);
    }
  }

  close(): void {
    if (this.retry !== null) clearTimeout(this.retry);
    this.due.clear();
  }

  private async flush(): Promise<void> {
    if (this.flushing) return;
    this.flushing = true;
    while (this.due.size > 0 && this.retry === null) await this.flushDue();
    this.flushing = false;
  }

  private async flushDue(): Promise<void> {
    const ids = [...this.due];
    this.due.clear();
    // Read before the save, so that nothing is acknowledged that is newer than what is on disk.
    const states = ids.flatMap((id) => this.current.get(id) ?? []);
    await this.saveOnly();
    try {
      await this.send(states);
      this.isFailing = false;
    } catch (error) {
      if (!this.isFailing) this.logger.warn(`Acknowledging fails and is repeated: ${databaseProblem(error)}`);
      this.isFailing = true;
      for (const id of ids) this.due.add(id);
      this.retry = setTimeout(() => {
        this.retry = null;
        void this.flush();
      }, retryMs);
    }
  }
}
