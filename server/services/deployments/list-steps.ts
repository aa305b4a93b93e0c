import { asc, eq, sql } from "drizzle-orm";
import { logChunks, steps } from "#db/schema/deployments.ts";
import type { StepName } from "#server/domain/deployment.ts";
import type { StepView } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { between, moment } from "./brief.ts";

/** The steps of a deployment in order, with where their lines are in its log. */
export async function listSteps(
  ctx: Context,
  deploymentId: number,
  expectedMs: Partial<Record<StepName, number>>,
): Promise<{ steps: StepView[]; lineCount: number }> {
  const rows = await ctx.db
    .select()
    .from(steps)
    .where(eq(steps.deploymentId, deploymentId))
    .orderBy(asc(steps.position));
  const ranges = await ctx.db
    .select({
      step: logChunks.step,
      first: sql<number>`min(${logChunks.firstLine})`,
      last: sql<number>`max(${logChunks.firstLine} + ${logChunks.lineCount} - 1)`,
    })
    .from(logChunks)
    .where(eq(logChunks.deploymentId, deploymentId))
    .groupBy(logChunks.step);
  const views = rows.map((row) => {
    const range = ranges.find((candidate) => candidate.step === row.name);
    return {
      name: row.name,
      status: row.status,
      startedAt: moment(row.startedAt),
      endedAt: moment(row.endedAt),
      durationMs: between(row.startedAt, row.endedAt),
      expectedMs: expectedMs[row.name] ?? null,
      detail: row.detail,
      firstLine: range?.first ?? null,
      lastLine: range?.last ?? null,
    };
  });
  return { steps: views, lineCount: Math.max(0, ...ranges.map((range) => range.last)) };
}
