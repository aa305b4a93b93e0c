import { sql } from "drizzle-orm";
import { z } from "zod";
import {
  addDays,
  type DayRange,
  dayOf,
  daysIn,
  earlierOf,
  type InsightRange,
  periodStart,
  periodsIn,
  rangeBefore,
  rangeOf,
  rangeProblem,
  unitFor,
} from "#server/domain/insight-range.ts";
import { figuresOf, type Insights, periodFiguresOf } from "#server/domain/insights.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError, ValidationError } from "#server/kernel/errors.ts";
import { readCalm } from "./read-calm.ts";
import { type CountedPlaces, countsOf, readCounts } from "./read-counts.ts";
import { readVerdictTrials } from "./read-verdict-trials.ts";

export interface InsightQuery {
  /** Production where left out. */
  environment?: string | undefined;
  team?: string | undefined;
  service?: string | undefined;
  range?: InsightRange | undefined;
  /** Days in UTC, in place of a named range. */
  from?: string | undefined;
  to?: string | undefined;
}

/** Whether a team, a service or everybody is getting better. ValidationError for a range that is none. */
export async function readInsights(ctx: Context, query: InsightQuery): Promise<Insights> {
  const today = dayOf(ctx.now());
  const range = rangeFrom(query, today);
  const { scope, places } = await findPlaces(ctx, query);
  const unit = unitFor(range);
  const earlier = rangeBefore(range);
  const [firstDay, counts, countsBefore, calm, verdictTrials] = await Promise.all([
    readFirstDay(ctx, places),
    readCounts(ctx, { ...places, range, unit }),
    // Only its total is asked for: from as few rows as there are.
    readCounts(ctx, { ...places, range: earlier, unit: "month" }),
    readCalm(ctx, places),
    readVerdictTrials(ctx, { ...places, range }),
  ]);
  const until = earlierOf(range.to, today);
  const perDay = (deployments: number, days: DayRange) => frequency(deployments, days, firstDay, until);
  const total = figuresOf([...counts.values()].flat());
  const before = periodFiguresOf([...countsBefore.values()].flat());
  return {
    scope,
    ...range,
    periodUnit: unit,
    firstDay,
    total,
    deploymentsPerDay: perDay(total.deployments, range),
    before:
      firstDay === null || firstDay > earlier.to
        ? null
        : { total: before, deploymentsPerDay: perDay(before.deployments, earlier) },
    periods: periodsIn(range, unit).map((days) => {
      const figures = periodFiguresOf(counts.get(periodStart(days.from, unit)) ?? []);
      return { ...days, figures, deploymentsPerDay: perDay(figures.deployments, days) };
    }),
    calm,
    verdictTrials,
  };
}

/** Days before the first deployment there was, and those to come, say nothing of how often one deploys. */
function frequency(
  deployments: number,
  { from, to }: DayRange,
  firstDay: string | null,
  until: string,
): number | null {
  if (firstDay === null) return null;
  const days = { from: from < firstDay ? firstDay : from, to: earlierOf(to, until) };
  return days.from > days.to ? null : deployments / daysIn(days);
}

function rangeFrom({ range, from, to }: InsightQuery, today: string): DayRange {
  if (from === undefined && to === undefined) return rangeOf(range ?? "90d", today);
  const given = { from: from ?? addDays(to ?? today, -89), to: to ?? today };
  const problem = rangeProblem(given);
  if (problem !== null) throw new ValidationError(problem, "from");
  return given;
}

const environmentSchema = z.object({ id: z.coerce.number(), slug: z.string(), name: z.string() });
const placesSchema = z.array(
  z.object({ place: z.coerce.number(), slug: z.string(), name: z.string(), team: z.string().nullable() }),
);

/** NotFoundError where there is no such environment, team or service. */
async function findPlaces(ctx: Context, { environment, team, service }: InsightQuery) {
  const [found] = await ctx.db.execute(sql`
    select id, slug, name from environments
    where ${environment === undefined ? sql`true` : sql`slug = ${environment}`}
    order by is_production desc, position desc limit 1`);
  if (found === undefined) throw new NotFoundError(`There is no environment named ${environment}.`);
  const { id: environmentId, ...names } = environmentSchema.parse(found);
  if (team === undefined && service === undefined) {
    const places: CountedPlaces = { environmentId, places: null };
    return { scope: { environment: names, team: null, service: null }, places };
  }
  const rows = placesSchema.parse([
    ...(await ctx.db.execute(sql`
      select service_environments.id as place, slug, name, team
      from services join service_environments on service_id = services.id and environment_id = ${environmentId}
      where ${service === undefined ? sql`true` : sql`slug = ${service}`}
        and ${team === undefined ? sql`true` : sql`team = ${team}`}`)),
  ]);
  const [first] = rows;
  if (service !== undefined && first === undefined) {
    throw new NotFoundError(`There is no service named ${service} in ${names.name}.`);
  }
  const places: CountedPlaces = { environmentId, places: rows.map(({ place }) => place) };
  const named = service === undefined || first === undefined ? null : { slug: first.slug, name: first.name };
  return { scope: { environment: names, team: team ?? null, service: named }, places };
}

async function readFirstDay(ctx: Context, places: CountedPlaces): Promise<string | null> {
  const [row] = await ctx.db.execute(sql`
    select min(begins_on)::text as day from insight_counts
    where ${countsOf(places)} and level = 'day' and measure = 'deployments'`);
  return typeof row?.day === "string" ? row.day : null;
}
