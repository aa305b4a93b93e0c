import { setTimeout as delay } from "node:timers/promises";
import { addCounts, bucketSeconds, type CountRow } from "#server/domain/request-counts.ts";
import { otherRoutes } from "#server/domain/route-template.ts";
import type { Logger } from "#server/kernel/logger.ts";
import { databaseProblem } from "./database-problem.ts";

const retryMs = 250;
/** While the database is away: beyond this, routes are told apart no more, and seconds neither. */
const mostRows = 20_000;
const mostRowsOfBatch = 5_000;
const lastTriesWithinMs = 2_000;

/** Stores counts batch by batch, each once: a batch whose fate is unknown is sent again under its number. */
export class CountStore {
  private readonly send: (batch: number, rows: CountRow[]) => Promise<void>;
  private readonly logger: Logger;
  private pending = new Map<string, CountRow>();
  private batch: number | null = null;
  private storing: Promise<void> | null = null;
  private isClosing = false;
  private isFailing = false;

  constructor(parts: { send: (batch: number, rows: CountRow[]) => Promise<void>; logger: Logger }) {
    this.send = parts.send;
    this.logger = parts.logger;
  }

  /** The database has heard of the router, and stored so many of its batches. */
  begin(storedBatches: number): void {
    this.batch = Math.max(this.batch ?? 0, storedBatches);
    this.store();
  }

  add(rows: CountRow[]): void {
    for (const row of rows) this.merge(this.pending, row);
    if (this.pending.size > mostRows) this.coarsen();
    this.store();
  }

  /** Resolves when all is stored, or cannot be within two seconds. */
  async close(): Promise<void> {
    this.isClosing = true;
    const stored = async () => {
      // What is under way may have been all there was.
      for (await this.storing; this.pending.size > 0 && this.batch !== null; await this.storing) this.store();
    };
    await Promise.race([stored(), delay(lastTriesWithinMs)]);
  }

  private store(): void {
    if (this.storing !== null || this.batch === null || this.pending.size === 0) return;
    this.storing = this.storeAll(this.batch).finally(() => {
      this.storing = null;
    });
  }

  private async storeAll(from: number): Promise<void> {
    for (let batch = from + 1; this.pending.size > 0; batch += 1) {
      this.batch = batch;
      await this.sendUntilStored(batch, this.takeBatch());
    }
  }

  private takeBatch(): CountRow[] {
    const taken = [...this.pending].slice(0, mostRowsOfBatch);
    for (const [key] of taken) this.pending.delete(key);
    return taken.map(([, row]) => row);
  }

  private async sendUntilStored(batch: number, rows: CountRow[]): Promise<void> {
    for (;;) {
      try {
        await this.send(batch, rows);
        this.isFailing = false;
        return;
      } catch (error) {
        if (!this.isFailing) {
          this.logger.warn(`Storing counts fails and is repeated: ${databaseProblem(error)}`);
        }
        this.isFailing = true;
        await delay(this.isClosing ? retryMs / 5 : retryMs);
      }
    }
  }

  private merge(into: Map<string, CountRow>, row: CountRow): void {
    const { serviceEnvironmentId, releaseId, half, byShare, beginsAt, seconds, route } = row;
    const key = `${serviceEnvironmentId} ${releaseId} ${half} ${byShare} ${beginsAt} ${seconds} ${route}`;
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
