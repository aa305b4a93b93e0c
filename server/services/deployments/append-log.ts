import { sql } from "drizzle-orm";
import { deployments, logChunks } from "#db/schema/deployments.ts";
import type { StepName } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import { notification } from "#server/kernel/notifications.ts";
import { compressLines } from "#server/kernel/output-chunk.ts";
import { heldBy, type Lease, LeaseLostError } from "./lease.ts";

/** `lines` are `lineCount` lines, each with its line feed. */
export interface LogChunk {
  step: StepName;
  firstLine: number;
  lineCount: number;
  lines: Uint8Array;
  /** By `performance.now()`; the database says what time that was. */
  printedAtMs: number;
}

/** Stores chunks under the lease and tells of them, in one statement. Storing them again changes nothing. */
export async function appendLog(
  ctx: Context,
  lease: Lease,
  { day, chunks }: { day: string; chunks: LogChunk[] },
): Promise<void> {
  const held = ctx.db
    .select({ id: deployments.id })
    .from(deployments)
    .where(heldBy(lease))
    .for("share")
    .getSQL();
  const rows = JSON.stringify(chunks.map(rowOf));
  const told = await ctx.db.execute(sql`
    with held as (${held}), stored as (
      insert into ${logChunks} (day, deployment_id, step, first_line, line_count, codec, body, printed_at)
      select ${day}::date, held.id, chunk.step, chunk.first_line, chunk.line_count, chunk.codec,
        decode(chunk.body, 'base64'), clock_timestamp() - chunk.age_ms * interval '1 millisecond'
      from held, json_to_recordset(${rows}::text::json) as chunk (step text, first_line integer,
        line_count integer, codec text, body text, age_ms float8)
      on conflict (day, deployment_id, first_line) do nothing
    ) select ${notification("log", lease.deploymentId)} from held`);
  if (told.length === 0) throw new LeaseLostError(lease);
}

function rowOf({ step, firstLine, lineCount, lines, printedAtMs }: LogChunk) {
  const { codec, body } = compressLines(lines);
  return {
    ...{ step, codec, first_line: firstLine, line_count: lineCount, age_ms: performance.now() - printedAtMs },
    body: Buffer.from(body.buffer, body.byteOffset, body.byteLength).toString("base64"),
  };
}
