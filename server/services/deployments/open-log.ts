import { setTimeout as delay } from "node:timers/promises";
import { eq, sql } from "drizzle-orm";
import { logChunks } from "#db/schema/deployments.ts";
import type { StepName } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import { appendLog, type LogChunk } from "./append-log.ts";
import { type Lease, LeaseLostError } from "./lease.ts";
import { LineSplitter } from "./line-splitter.ts";

const batchMs = 75;
const retryMs = 500;
const chunkCharacters = 64 * 1024;
/** What may wait for the database before the writer has to wait too. */
const mostPendingCharacters = 1024 * 1024;
const mostBytesPerStep = 16 * 1024 * 1024;

export interface StepLog {
  /** Raw output of a command. Await it: it holds back whoever writes faster than the database stores. */
  write(chunk: Uint8Array): Promise<void>;
  /** One line, or several, in the portal's own words. */
  note(text: string): void;
  /**
   * The step is over: a last line without line feed counts too, and what is written later is dropped. Resolves when
   * all of it is stored.
   */
  end(): Promise<void>;
}

export interface DeploymentLog {
  step(name: StepName): StepLog;
  /** Stores what is left. */
  close(): Promise<void>;
  /** The lease is gone: what is left is dropped. */
  abandon(): void;
}

/** Opens the deployment's log for appending; lines are numbered on from those of an earlier attempt. */
export async function openLog(ctx: Context, lease: Lease): Promise<DeploymentLog> {
  const [last] = await ctx.db
    .select({ line: sql<number>`coalesce(max(${logChunks.firstLine} + ${logChunks.lineCount}), 1)::int` })
    .from(logChunks)
    .where(eq(logChunks.deploymentId, lease.deploymentId));
  const store = new LogStore(ctx, lease, last?.line ?? 1);
  return {
    step: (name) => openStepLog(store, name),
    close: () => store.flush(),
    abandon: () => store.abandon(),
  };
}

function openStepLog(store: LogStore, step: StepName): StepLog {
  const splitter = new LineSplitter();
  let bytes = 0;
  let isOver = false;
  const add = (lines: string[]) => {
    if (!isOver) store.add(step, lines);
  };
  return {
    async write(chunk) {
      if (isOver || bytes > mostBytesPerStep) return;
      bytes += chunk.byteLength;
      add(splitter.push(chunk));
      if (bytes > mostBytesPerStep) {
        add([
          ...splitter.end(),
          "[anytime] This step has printed 16 MiB. What it prints from here on is not kept.",
        ]);
      }
      await store.room();
    },
    note(text) {
      const lines = text.replaceAll("\0", "").split("\n");
      add([...splitter.end(), ...lines.map((line) => `[anytime] ${line}`)]);
    },
    async end() {
      add(splitter.end());
      isOver = true;
      await store.flush();
    },
  };
}

/** Gathers lines and stores them in batches, in order, under the lease. */
class LogStore {
  #ctx: Context;
  #lease: Lease;
  #nextLine: number;
  #pending: { step: StepName; line: string }[] = [];
  #pendingCharacters = 0;
  #storing: Promise<void> | null = null;
  #timer: NodeJS.Timeout | null = null;
  #isAbandoned = false;

  constructor(ctx: Context, lease: Lease, nextLine: number) {
    this.#ctx = ctx;
    this.#lease = lease;
    this.#nextLine = nextLine;
  }

  add(step: StepName, lines: string[]): void {
    if (this.#isAbandoned) return;
    for (const line of lines) {
      this.#pending.push({ step, line: line.toWellFormed() });
      this.#pendingCharacters += line.length + 1;
    }
    if (this.#pending.length > 0) this.#timer ??= setTimeout(() => void this.flush(), batchMs);
  }

  async room(): Promise<void> {
    if (this.#pendingCharacters > mostPendingCharacters) await this.flush();
  }

  /** Resolves when everything added before the call is stored, or the log is abandoned. */
  async flush(): Promise<void> {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = null;
    await this.#storing;
    while (this.#pending.length > 0) {
      this.#storing ??= this.#storePending().finally(() => {
        this.#storing = null;
      });
      await this.#storing;
    }
  }

  abandon(): void {
    this.#isAbandoned = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#pending = [];
    this.#pendingCharacters = 0;
  }

  async #storePending(): Promise<void> {
    const chunks = this.#takeChunks();
    while (!this.#isAbandoned) {
      try {
        return await appendLog(this.#ctx, this.#lease, chunks);
      } catch (error) {
        if (error instanceof LeaseLostError) return this.abandon();
        // The database is away: the command is held back meanwhile, and the watchdog ends it in time.
        await delay(retryMs);
      }
    }
  }

  #takeChunks(): LogChunk[] {
    const chunks: LogChunk[] = [];
    for (const { step, line } of this.#pending) {
      const last = chunks.at(-1);
      if (last !== undefined && last.step === step && last.text.length < chunkCharacters) {
        last.text += `\n${line}`;
        last.lineCount += 1;
      } else {
        chunks.push({ step, firstLine: this.#nextLine, lineCount: 1, text: line });
      }
      this.#nextLine += 1;
    }
    this.#pending = [];
    this.#pendingCharacters = 0;
    return chunks;
  }
}
