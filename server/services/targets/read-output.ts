import { and, asc, eq, gt, lte, sql } from "drizzle-orm";
import { instanceOutput, instances } from "#db/schema/traffic.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { readLines, type StoredLine } from "#server/kernel/read-lines.ts";

export interface OutputPage {
  lines: StoredLine[];
  /** Those before it are no longer shown. */
  firstLine: number;
  lineCount: number;
  /** The instance has ended. */
  isComplete: boolean;
}

/** Lines `afterLine + 1` to `afterLine + limit` of what is shown of an instance. NotFoundError where there is none. */
export async function readOutput(
  ctx: Context,
  { instanceId, afterLine, limit }: { instanceId: number; afterLine: number; limit: number },
): Promise<OutputPage> {
  const [row] = await ctx.db
    .select({
      status: instances.status,
      first: sql<
        number | null
      >`(select min(first_line) from instance_output where instance_id = ${instances.id})`,
      last: sql<
        number | null
      >`(select max(first_line + line_count - 1) from instance_output where instance_id = ${instances.id})`,
    })
    .from(instances)
    .where(eq(instances.id, instanceId));
  if (row === undefined) throw new NotFoundError(`There is no instance ${instanceId}.`);
  const wanted = { from: afterLine + 1, to: afterLine + limit };
  const chunks = await ctx.db
    .select()
    .from(instanceOutput)
    .where(
      and(
        eq(instanceOutput.instanceId, instanceId),
        lte(instanceOutput.firstLine, wanted.to),
        gt(sql`${instanceOutput.firstLine} + ${instanceOutput.lineCount}`, wanted.from),
      ),
    )
    .orderBy(asc(instanceOutput.firstLine));
  const lines = chunks.flatMap((chunk) => readLines(chunk, wanted));
  return {
    lines,
    firstLine: row.first ?? 1,
    lineCount: Math.max(row.last ?? 0, lines.at(-1)?.number ?? 0),
    isComplete: row.status === "ended",
  };
}
