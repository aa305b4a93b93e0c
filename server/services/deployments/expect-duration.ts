import { type SQL, sql } from "drizzle-orm";
import { z } from "zod";
import { type DeploymentKind, type StepName, stepNames } from "#server/domain/deployment.ts";
import type { Expectation } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";

export interface DurationExpectation {
  total: Expectation;
  /** Medians, for steps that ran before. */
  steps: Partial<Record<StepName, number>>;
}

export interface Alike {
  serviceEnvironmentId: number;
  kind: DeploymentKind;
  /** Whether it builds, or takes an artifact that exists. */
  makesArtifact: boolean;
}

const sampleSize = 20;
const rowSchema = z.object({
  sampleCount: z.number(),
  medianMs: z.number().nullable(),
  p90Ms: z.number().nullable(),
  steps: z.partialRecord(z.enum(stepNames), z.number()).nullable(),
});

/** How long the last like it took: in the same service environment, else anywhere in the service. */
export async function expectDuration(ctx: Context, alike: Alike): Promise<DurationExpectation> {
  const own = sql`d.service_environment_id = ${alike.serviceEnvironmentId}`;
  const found = await measure(ctx, alike, own);
  if (found.total.sampleCount > 0) return found;
  const sameService = sql`d.service_environment_id in (
    select other.id from service_environments other
    join service_environments mine on mine.service_id = other.service_id
    where mine.id = ${alike.serviceEnvironmentId})`;
  return measure(ctx, alike, sameService);
}

async function measure(
  ctx: Context,
  alike: Alike,
  where: ReturnType<typeof sql>,
): Promise<DurationExpectation> {
  const rows = await ctx.db.execute(sql`
    with samples as (
      select d.id, extract(epoch from d.finished_at - d.started_at) * 1000 as ms
      from deployments d
      where ${where} and d.status = 'succeeded' and d.started_at is not null
        and (d.kind = 'switch-back') = ${alike.kind === "switch-back"}
        and ${stepsMakeArtifact(sql`d`)} = ${alike.makesArtifact}
      order by d.id desc limit ${sampleSize}
    ), medians as (
      select steps.name,
        percentile_cont(0.5) within group (order by extract(epoch from ended_at - started_at) * 1000) as ms
      from steps join samples on samples.id = steps.deployment_id
      where steps.status = 'succeeded' and ended_at >= started_at
      group by steps.name
    )
    select count(*)::int as "sampleCount",
      percentile_cont(0.5) within group (order by ms)::float8 as "medianMs",
      percentile_cont(0.9) within group (order by ms)::float8 as "p90Ms",
      (select jsonb_object_agg(name, ms) from medians) as steps
    from samples`);
  const { steps, ...total } = rowSchema.parse(rows[0]);
  return { total, steps: steps ?? {} };
}

/** By its rows, whether a deployment makes the artifact that it ships: its commit may have been built meanwhile. */
export function stepsMakeArtifact(deployment: SQL): SQL<boolean> {
  return sql<boolean>`exists (
    select from steps where steps.deployment_id = ${deployment}.id and steps.name = 'checkout'
      and steps.status <> 'skipped')`;
}
