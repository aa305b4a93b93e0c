import { setTimeout as delay } from "node:timers/promises";
import type { ErrorSighting } from "#server/domain/error-sighting.ts";
import { addCounts, bucketSeconds, type CountRow } from "#server/domain/request-counts.ts";
import { otherRoutes } from "#server/domain/route-template.ts";
import type { Context } from "#server/kernel/context.ts";
import { databaseProblem } from "#server/kernel/database-problem.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { PendingErrors } from "./pending-errors.ts";
import { type Batch, storeBatch } from "./store-batch.ts";

const retryMs = 250;
/** While the database is away: beyond this, routes are told apart no more, and seconds neither. */
const mostRows = 20_000;
const mostRowsOfBatch = 5_000;
const lastTriesWithinMs = 2_000;

export interface BatchStoreParts {
  ctx: Context;
  /** New for each store. */
  counterId: string;
  logger: Logger;
  /** The database's clock, in Unix milliseconds, a moment ago. */
  onStored?: (databaseMs: number) => void;
}

/**
 * Stores what a process counts, batch by batch, each once: a batch whose fate is unknown is sent again under its number.
 * While the database is away, what is counted waits.
 */
export class BatchStore {
  private readonly parts: BatchStoreParts;
  private pending = new Map<string, CountRow>();
  private readonly pendingErrors = new PendingErrors();
  private batch = 0;
  private storing: Promise<void> | null = null;
  private isClosing = false;
  private isFailing = false;

  constructor(parts: BatchStoreParts) {
    this.parts = parts;
  }

  add(rows: CountRow[], errors: readonly ErrorSighting[] = []): void {
    for (const row of rows) this.merge(this.pending, row);
    this.pendingErrors.add(errors);
    if (this.pending.size > mostRows) this.coarsen();
    this.store();
  }

  /** Resolves when all is stored, or cannot be within two seconds. */
  async close(): Promise<void> {
    this.isClosing = true;
    const stored = async () => {
      // What is under way may have been all there was.
      for (await this.storing; this.hasPending(); await this.storing) this.store();
    };
    await Promise.race([stored(), delay(lastTriesWithinMs)]);
  }

  private store(): void {
    if (this.storing !== null || !this.hasPending()) return;
    this.storing = this.storeAll().finally(() => {
      this.storing = null;
    });
  }

  private async storeAll(): Promise<void> {
    while (this.hasPending()) {
      this.batch += 1;
      await this.sendUntilStored(this.takeBatch());
    }
  }

  private hasPending(): boolean {
    return this.pending.size > 0 || !this.pendingErrors.isEmpty;
  }

  private takeBatch(): Pick<Batch, "counts" | "errors"> {
    const taken = [...this.pending].slice(0, mostRowsOfBatch);
    for (const [key] of taken) this.pending.delete(key);
    return { counts: taken.map(([, row]) => row), errors: this.pendingErrors.take() };
  }

  private async sendUntilStored(told: Pick<Batch, "counts" | "errors">): Promise<void> {
    const { ctx, counterId, logger, onStored } = this.parts;
    for (;;) {
      try {
        const databaseMs = await storeBatch(ctx, { counterId, batch: this.batch, ...told });
        this.isFailing = false;
        return onStored?.(databaseMs);
      } catch (error) {
        if (!this.isFailing) logger.warn(`Storing counts fails and is repeated: ${databaseProblem(error)}`);
        this.isFailing = true;
        await delay(this.isClosing ? retryMs / 5 : retryMs);
      }
    }
  }

  private merge(into: Map<string, CountRow>, row: CountRow): void {
    const { serviceEnvironmentId, source, releaseId, half, byShare, beginsAt, seconds, route } = row;
    const key = `${serviceEnvironmentId} ${source} ${releaseId} ${half} ${byShare} ${beginsAt} ${seconds} ${route}`;
    const known = into.get(key);
    if (known === undefined) into.set(key, row);
    else addCounts(known, row);
  }

  private coarsen(): void {
    const coarse = new Map<string, CountRow>();
    const seconds = bucketSeconds.unwatched;
    for (const row of this.pending.values()) {
      const beginsAt = row.beginsAt - (row.beginsAt % seconds);
      this.merge(coarse, { ...row, latency: [...row.latency], seconds, beginsAt, route: otherRoutes });
    }
    this.pending = coarse;
  }
}
