import { sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import type { StepName } from "#server/domain/deployment.ts";
import type { Mask } from "#server/domain/mask-secrets.ts";
import type { Context } from "#server/kernel/context.ts";
import { MaskedLines, maskText } from "#server/kernel/masked-lines.ts";
import { heldBy, type Lease, LeaseLostError } from "./lease.ts";
import { LogWriter } from "./log-writer.ts";
import { lineCountOf, readLogState } from "./read-log.ts";

/** So long after a command has printed last, a line that only might begin a secret is no longer held back. */
const settleAfterMs = 40;

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
  /** For what is printed from now on. */
  useMask(mask: Mask): void;
  /** Words about the deployment that stand elsewhere and may quote what was printed. */
  masked(text: string): string;
  /** Stores what is left. */
  close(): Promise<void>;
  /** The lease is gone: what is left is dropped. */
  abandon(): void;
}

/** Opens the deployment's log for appending; lines are numbered on from those of an earlier attempt. */
export async function openLog(ctx: Context, lease: Lease, mask: Mask): Promise<DeploymentLog> {
  const state = await readLogState(ctx, lease.deploymentId);
  if (state.day === null) throw new Error(`Deployment ${lease.deploymentId} was never claimed.`);
  const day = state.isKept ? state.day : await beginLogDay(ctx, lease);
  const nextLine = (await lineCountOf(ctx, lease.deploymentId, day)) + 1;
  const writer = new LogWriter(ctx, lease, { day, nextLine });
  let current = mask;
  return {
    step: (name) => openStepLog(writer, name, () => current),
    masked: (text) => maskText(current, text),
    useMask: (next) => {
      current = next;
    },
    close: () => writer.flush(),
    abandon: () => writer.abandon(),
  };
}

/**
 * The monitor makes days beforehand; a worker does not depend on one that runs. Of a deployment that waited longer than
 * logs are kept, the first attempt's day is gone: it would be dropped again under this one.
 */
async function beginLogDay(ctx: Context, lease: Lease): Promise<string> {
  const [row] = await ctx.db
    .update(deployments)
    .set({ logDay: sql`(clock_timestamp() at time zone 'utc')::date` })
    .where(heldBy(lease))
    .returning({ day: deployments.logDay });
  if (row?.day == null) throw new LeaseLostError(lease);
  await ctx.db.execute(sql`select open_log_day(${row.day}::date)`);
  return row.day;
}

function openStepLog(writer: LogWriter, step: StepName, maskNow: () => Mask): StepLog {
  /** Of a command that prints; it keeps the mask that it began with. */
  let output: MaskedLines | null = null;
  let isOver = false;
  let settling: NodeJS.Timeout | undefined;
  const endOutput = () => {
    clearTimeout(settling);
    for (const lines of output?.end() ?? []) writer.add(step, lines);
    output = null;
  };
  return {
    async write(chunk) {
      if (isOver) return;
      clearTimeout(settling);
      output ??= new MaskedLines(maskNow());
      const printing = output;
      writer.add(step, printing.push(chunk));
      settling = setTimeout(() => writer.add(step, printing.settle()), settleAfterMs);
      await writer.room();
    },
    note(text) {
      if (isOver) return;
      endOutput();
      const lines = text.toWellFormed().split("\n");
      writer.add(step, new MaskedLines(maskNow()).own(lines.map((line) => `[anytime] ${line}`).join("\n")));
    },
    async end() {
      if (!isOver) endOutput();
      isOver = true;
      await writer.flush();
    },
  };
}
