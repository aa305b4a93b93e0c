import { setTimeout as delay } from "node:timers/promises";
import type { StepName } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import type { Lines } from "#server/kernel/line-splitter.ts";
import { appendLog, type LogChunk } from "./append-log.ts";
import { type Lease, LeaseLostError } from "./lease.ts";

/** A line is stored so long after it was printed at most, unless the database is busy with those before it. */
const flushAfterMs = 20;
const retryMs = 500;
const chunkBytes = 128 * 1024;
/** Lines of one chunk share its time. */
const chunkSpanMs = 1_000;
/** What may wait for the database before the writer has to wait too. */
const mostPendingBytes = 4 * 1024 * 1024;

interface Pending extends Lines {
  step: StepName;
  /** By `performance.now()`: clocks of machines jump. */
  printedAtMs: number;
}

/** Gathers lines and stores them in chunks, in order, under the lease; what comes meanwhile is the next flush. */
export class LogWriter {
  #ctx: Context;
  #lease: Lease;
  #day: string;
  #nextLine: number;
  #pending: Pending[] = [];
  #pendingBytes = 0;
  #storing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isAbandoned = false;

  constructor(ctx: Context, lease: Lease, place: { day: string; nextLine: number }) {
    this.#ctx = ctx;
    this.#lease = lease;
    this.#day = place.day;
    this.#nextLine = place.nextLine;
  }

  add(step: StepName, lines: Lines): void {
    if (this.#isAbandoned || lines.count === 0) return;
    this.#pending.push({ ...lines, step, printedAtMs: performance.now() });
    this.#pendingBytes += lines.bytes.length;
    if (this.#pendingBytes >= chunkBytes) this.#store();
    else this.#timer ??= setTimeout(() => this.#store(), flushAfterMs);
  }

  /** Resolves when little enough waits for the database. */
  async room(): Promise<void> {
    while (this.#pendingBytes > mostPendingBytes) await this.#store();
  }

  /** Resolves when everything added before the call is stored, or the log is abandoned. */
  async flush(): Promise<void> {
    while (this.#storing !== null || this.#pending.length > 0) await this.#store();
  }

  abandon(): void {
    this.#isAbandoned = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#pending = [];
    this.#pendingBytes = 0;
  }

  /** One flush at a time: whoever asks during one waits for that. */
  #store(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    this.#storing ??= this.#storePending().finally(() => {
      this.#storing = null;
      if (this.#pending.length > 0) this.#timer ??= setTimeout(() => this.#store(), 0);
    });
    return this.#storing;
  }

  async #storePending(): Promise<void> {
    const chunks = this.#takeChunks();
    while (!this.#isAbandoned && chunks.length > 0) {
      try {
        return await appendLog(this.#ctx, this.#lease, { day: this.#day, chunks });
      } catch (error) {
        if (error instanceof LeaseLostError) return this.abandon();
        // The database is away: the command is held back meanwhile, and the watchdog ends it in time.
        await delay(retryMs);
      }
    }
  }

  #takeChunks(): LogChunk[] {
    const groups: Pending[][] = [];
    let bytes = 0;
    for (const lines of this.#pending) {
      const group = groups.at(-1);
      const first = group?.[0];
      const fits =
        first?.step === lines.step &&
        bytes + lines.bytes.length <= chunkBytes &&
        lines.printedAtMs - first.printedAtMs < chunkSpanMs;
      if (fits) group?.push(lines);
      else groups.push([lines]);
      bytes = fits ? bytes + lines.bytes.length : lines.bytes.length;
    }
    this.#pending = [];
    this.#pendingBytes = 0;
    return groups.map((group) => this.#numbered(group));
  }

  #numbered(group: Pending[]): LogChunk {
    const [first] = group;
    if (first === undefined) throw new Error("A chunk has lines.");
    const firstLine = this.#nextLine;
    const lineCount = group.reduce((sum, { count }) => sum + count, 0);
    this.#nextLine += lineCount;
    const lines = group.length === 1 ? first.bytes : Buffer.concat(group.map(({ bytes }) => bytes));
    return { step: first.step, firstLine, lineCount, lines, printedAtMs: first.printedAtMs };
  }
}
