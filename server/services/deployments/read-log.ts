import { and, asc, desc, eq, gte, lte, type SQL, sql } from "drizzle-orm";
import { deployments, logChunks } from "#db/schema/deployments.ts";
import { isFinished } from "#server/domain/deployment.ts";
import type { LogLine } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { readLines } from "#server/kernel/read-lines.ts";

export interface LogPage {
  lines: LogLine[];
  /** Of the whole log, at this moment. */
  lineCount: number;
  /** No more will come. */
  isComplete: boolean;
}

export interface LogState {
  /** The partition that it stands in; null where nothing was ever started. */
  day: string | null;
  /** Whether that partition is there. */
  isKept: boolean;
  isComplete: boolean;
}

/** Lines `afterLine + 1` to `afterLine + limit` of a deployment's log. */
export async function readLog(
  ctx: Context,
  input: { deploymentId: number; afterLine: number; limit: number },
): Promise<LogPage> {
  const { deploymentId, afterLine } = input;
  // The state first: a log that is complete before it is read is complete after it, too.
  const { day, isComplete } = await readLogState(ctx, deploymentId);
  if (day === null) return { lines: [], lineCount: 0, isComplete };
  const lastWanted = afterLine + input.limit;
  const [chunks, lineCount] = await Promise.all([
    ctx.db
      .select()
      .from(logChunks)
      .where(
        and(
          inLog(deploymentId, day),
          gte(logChunks.firstLine, chunkWith(deploymentId, day, afterLine + 1)),
          lte(logChunks.firstLine, lastWanted),
        ),
      )
      .orderBy(asc(logChunks.firstLine)),
    lineCountOf(ctx, deploymentId, day),
  ]);
  const lines = chunks.flatMap((chunk) => {
    const { step } = chunk;
    return readLines(chunk, { from: afterLine + 1, to: lastWanted }).map((line) => ({ ...line, step }));
  });
  return { lines, lineCount: Math.max(lineCount, lines.at(-1)?.number ?? 0), isComplete };
}

/** The chunks of a deployment's log. The day as well, so that one partition is looked into. */
export function inLog(deploymentId: number, day: string): SQL | undefined {
  return and(eq(logChunks.day, day), eq(logChunks.deploymentId, deploymentId));
}

/** The first line of the chunk that holds this line: found by the index, however long the log is. */
export function chunkWith(deploymentId: number, day: string, line: number): SQL {
  return sql`coalesce((select max(chunk.first_line) from ${logChunks} as chunk
    where chunk.day = ${day} and chunk.deployment_id = ${deploymentId} and chunk.first_line <= ${line}), 0)`;
}

export async function lineCountOf(ctx: Context, deploymentId: number, day: string): Promise<number> {
  const [last] = await ctx.db
    .select({ line: sql<number>`${logChunks.firstLine} + ${logChunks.lineCount} - 1` })
    .from(logChunks)
    .where(inLog(deploymentId, day))
    .orderBy(desc(logChunks.firstLine))
    .limit(1);
  return last?.line ?? 0;
}

/** NotFoundError where there is no such deployment. */
export async function readLogState(ctx: Pick<Context, "db">, deploymentId: number): Promise<LogState> {
  const [row] = await ctx.db
    .select({
      status: deployments.status,
      leaseWorkerId: deployments.leaseWorkerId,
      day: deployments.logDay,
      isKept: sql<boolean>`to_regclass('public.log_chunks_' || to_char(${deployments.logDay}, 'YYYYMMDD')) is not null`,
    })
    .from(deployments)
    .where(eq(deployments.id, deploymentId));
  if (row === undefined) throw new NotFoundError(`There is no deployment ${deploymentId}.`);
  const { day, isKept } = row;
  return { day, isKept, isComplete: isFinished(row.status) && row.leaseWorkerId === null };
}
