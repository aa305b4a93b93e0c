import { and, asc, desc, eq, gte, lte, type SQL, sql } from "drizzle-orm";
import { deployments, logChunks } from "#db/schema/deployments.ts";
import { isFinished } from "#server/domain/deployment.ts";
import type { LogLine } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";

export interface LogPage {
  lines: LogLine[];
  /** Of the whole log, at this moment. */
  lineCount: number;
  /** No more will come. */
  isComplete: boolean;
}

/** Lines `afterLine + 1` to `afterLine + limit` of a deployment's log. */
export async function readLog(
  ctx: Context,
  input: { deploymentId: number; afterLine: number; limit: number },
): Promise<LogPage> {
  // The state first: a log that is complete before it is read is complete after it, too.
  const isComplete = await isLogComplete(ctx, input.deploymentId);
  const lastWanted = input.afterLine + input.limit;
  const chunks = await ctx.db
    .select()
    .from(logChunks)
    .where(
      and(
        eq(logChunks.deploymentId, input.deploymentId),
        gte(logChunks.firstLine, chunkWith(input.deploymentId, input.afterLine + 1)),
        lte(logChunks.firstLine, lastWanted),
      ),
    )
    .orderBy(asc(logChunks.firstLine));
  const [last] = await ctx.db
    .select({ line: sql<number>`${logChunks.firstLine} + ${logChunks.lineCount} - 1` })
    .from(logChunks)
    .where(eq(logChunks.deploymentId, input.deploymentId))
    .orderBy(desc(logChunks.firstLine))
    .limit(1);
  const lines = chunks
    .flatMap(linesOf)
    .filter((line) => line.number > input.afterLine && line.number <= lastWanted);
  return { lines, lineCount: last?.line ?? 0, isComplete };
}

/** The first line of the chunk that holds this line: found by the index, however long the log is. */
export function chunkWith(deploymentId: number, line: number): SQL {
  return sql`coalesce((select max(chunk.first_line) from ${logChunks} as chunk
    where chunk.deployment_id = ${deploymentId} and chunk.first_line <= ${line}), 0)`;
}

export function linesOf(
  chunk: Pick<typeof logChunks.$inferSelect, "firstLine" | "step" | "text">,
): LogLine[] {
  return chunk.text
    .split("\n")
    .map((text, index) => ({ number: chunk.firstLine + index, step: chunk.step, text }));
}

/** NotFoundError where there is no such deployment. */
export async function isLogComplete(ctx: Context, deploymentId: number): Promise<boolean> {
  const [row] = await ctx.db
    .select({ status: deployments.status, leaseWorkerId: deployments.leaseWorkerId })
    .from(deployments)
    .where(eq(deployments.id, deploymentId));
  if (row === undefined) throw new NotFoundError(`There is no deployment ${deploymentId}.`);
  return isFinished(row.status) && row.leaseWorkerId === null;
}
