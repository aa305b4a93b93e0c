import { sql } from "drizzle-orm";
import { deployments, logChunks } from "#db/schema/deployments.ts";
import type { StepName } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import { notification } from "#server/kernel/notifications.ts";
import { heldBy, type Lease, LeaseLostError } from "./lease.ts";

/** `text` is `lineCount` lines joined by line feeds, without one at the end. */
export interface LogChunk {
  step: StepName;
  firstLine: number;
  lineCount: number;
  text: string;
}

/** Stores chunks under the lease and tells of them, in one statement. Storing them again changes nothing. */
export async function appendLog(ctx: Context, lease: Lease, chunks: LogChunk[]): Promise<void> {
  const held = ctx.db
    .select({ id: deployments.id })
    .from(deployments)
    .where(heldBy(lease))
    .for("share")
    .getSQL();
  const rows = JSON.stringify(
    chunks.map((chunk) => ({
      step: chunk.step,
      first_line: chunk.firstLine,
      line_count: chunk.lineCount,
      text: chunk.text,
    })),
  );
  const told = await ctx.db.execute(sql`
    with held as (${held}), stored as (
      insert into ${logChunks} (deployment_id, step, first_line, line_count, text)
      select held.id, chunk.step, chunk.first_line, chunk.line_count, chunk.text
      from held, json_to_recordset(${rows}::text::json)
        as chunk (step text, first_line integer, line_count integer, text text)
      on conflict (deployment_id, first_line) do nothing
    ) select ${notification("log", lease.deploymentId)} from held`);
  if (told.length === 0) throw new LeaseLostError(lease);
}
