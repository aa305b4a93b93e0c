import { asc, eq, sql } from "drizzle-orm";
import { deployments, logChunks, steps } from "#db/schema/deployments.ts";
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
    .select({ step: steps, firstLine: edgeOf("asc"), lastLine: edgeOf("desc") })
    .from(steps)
    .innerJoin(deployments, eq(deployments.id, steps.deploymentId))
    .where(eq(steps.deploymentId, deploymentId))
    .orderBy(asc(steps.position));
  const views = rows.map(({ step, firstLine, lastLine }) => ({
    name: step.name,
    status: step.status,
    startedAt: moment(step.startedAt),
    endedAt: moment(step.endedAt),
    durationMs: between(step.startedAt, step.endedAt),
    expectedMs: expectedMs[step.name] ?? null,
    detail: step.detail,
    firstLine,
    lastLine,
  }));
  return { steps: views, lineCount: Math.max(0, ...views.map(({ lastLine }) => lastLine ?? 0)) };
}

/** The step's first or last line: by the index, since a long log has thousands of chunks. */
function edgeOf(order: "asc" | "desc") {
  const line = order === "asc" ? sql`chunk.first_line` : sql`chunk.first_line + chunk.line_count - 1`;
  return sql<number | null>`(select ${line} from ${logChunks} as chunk
    where chunk.day = ${deployments.logDay} and chunk.deployment_id = ${deployments.id} and chunk.step = ${steps.name}
    order by chunk.day ${sql.raw(order)}, chunk.deployment_id ${sql.raw(order)}, chunk.step ${sql.raw(order)},
      chunk.first_line ${sql.raw(order)} limit 1)`;
}
