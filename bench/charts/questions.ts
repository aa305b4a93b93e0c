import type postgres from "postgres";
import { grainOf, stepFor, usualKeptDays } from "#server/domain/count-steps.ts";
import { type ReleaseRange, rangeOf } from "#server/domain/release-range.ts";
import { readReleaseCharts, readReleaseRoutes } from "#server/flows/read-release-charts.ts";
import type { Context } from "#server/kernel/context.ts";
import { type Filled, releaseCount } from "./fill-counts.ts";

export interface Question {
  name: string;
  /** What the portal answers, from the database to JSON. */
  ask(): Promise<string>;
  /** The plainest query that has the same numbers, of whoever knows where they are. */
  askPlainly(): Promise<string>;
}

const ranges: readonly ReleaseRange[] = ["30m", "3h", "1d", "1w", "all", "now"];
const monthSeconds = 30 * 86_400;

/** All charts of a release's page over each range, and its slowest routes, of a release amid the month and of the last. */
export function questionsOf(ctx: Context, sql: postgres.Sql, filled: Filled): Question[] {
  const nowSeconds = Math.floor(Date.now() / 1_000);
  const month = { from: nowSeconds - monthSeconds, to: nowSeconds };
  const tenMinutes = { from: nowSeconds - 600, to: nowSeconds };
  const amid = releaseCount / 2;
  return [
    ...ranges.map((range) =>
      questionOf(ctx, sql, filled, { number: range === "now" ? releaseCount : amid, range }),
    ),
    questionOf(ctx, sql, filled, { number: amid, range: month }),
    questionOf(ctx, sql, filled, { number: releaseCount, range: "3h" }),
    questionOf(ctx, sql, filled, { number: releaseCount, range: tenMinutes }),
    ...(["30m", "3h", "1w", "now"] as const).map((range) =>
      questionOf(ctx, sql, filled, { number: range === "now" ? releaseCount : amid, range, ofRoutes: true }),
    ),
  ];
}

interface Asked {
  number: number;
  range: ReleaseRange | { from: number; to: number };
  ofRoutes?: boolean;
}

function questionOf(ctx: Context, sql: postgres.Sql, filled: Filled, asked: Asked): Question {
  const { number, range, ofRoutes = false } = asked;
  const view = { slug: filled.serviceSlug, number, environmentSlug: "production", range };
  const installation = { keepCountsDays: usualKeptDays };
  const name = typeof range === "string" ? range : range.to - range.from < 3_600 ? "10 min" : "30 days";
  return {
    name: `#${number}, ${name}${ofRoutes ? ", routes" : ""}`,
    ask: async () =>
      JSON.stringify(
        ofRoutes ? await readReleaseRoutes(ctx, view) : await readReleaseCharts(ctx, view, installation),
      ),
    askPlainly: plainly(sql, filled, asked),
  };
}

function plainly(sql: postgres.Sql, filled: Filled, { number, range, ofRoutes = false }: Asked) {
  const spanMs = (30 * 86_400_000) / releaseCount;
  const begun = Date.now() - (releaseCount - number + 1) * spanMs;
  const live = { from: new Date(begun), to: number === releaseCount ? null : new Date(begun + spanMs) };
  const { from, to } =
    typeof range === "string"
      ? rangeOf(range, live, new Date())
      : { from: new Date(range.from * 1_000), to: new Date(range.to * 1_000) };
  const step = stepFor({ from, to }, new Date(), usualKeptDays);
  const grain = ofRoutes ? (to.getTime() - from.getTime() <= 3_600_000 ? "minutes" : "hours") : grainOf(step);
  const table = sql(`request_${grain}`);
  const route = ofRoutes ? sql`and route <> ''` : grain === "counts" ? sql`` : sql`and route = ''`;
  const [begin, end] = [sql`${from.toISOString()}::timestamptz`, sql`${to.toISOString()}::timestamptz`];
  const by = ofRoutes ? sql`route` : sql`date_bin(${step}::int * interval '1 second', begins_at, ${begin})`;
  return async () =>
    JSON.stringify(
      await sql`
        select release_id, ${by} as by, sum(requests), sum(server_errors), sum(latency)::text from ${table}
        where service_environment_id = ${filled.serviceEnvironmentId} and source = 'router' ${route}
          and release_id in (${filled.releaseIds[number - 1] ?? 0}, ${filled.releaseIds[number - 2] ?? 0})
          and begins_at >= ${begin} and begins_at < ${end}
        group by 1, 2 order by 1, 2`,
    );
}
