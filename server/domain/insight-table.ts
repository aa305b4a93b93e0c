import { csvLine } from "./csv.ts";
import type { Insights, PeriodFigures, Spread } from "./insights.ts";

const spreads = {
  lead_time: "leadTime",
  recovery: "recovery",
  incident_detect: "detect",
  incident_mitigate: "mitigate",
  incident_recover: "recover",
} as const satisfies Record<string, keyof PeriodFigures>;

const columns = [
  ...["period", "from", "to", "deployments", "deployments_per_day"],
  ...["failed", "fail_rate", "fail_rate_low", "fail_rate_high", "not_recovered"],
  ...Object.keys(spreads).flatMap((name) => [`${name}_n`, `${name}_median_seconds`, `${name}_p90_seconds`]),
  ...["incidents", "reviews_watched", "reviews_unwatched"],
];

/** A line for each period and a last one for the whole range; empty where there is no data. */
export function insightsCsv({ periods, periodUnit, from, to, total, deploymentsPerDay }: Insights): string {
  const lines = periods.map((period) => line(periodUnit, period));
  return [csvLine(columns), ...lines, line("range", { from, to, figures: total, deploymentsPerDay })].join(
    "",
  );
}

function line(
  period: string,
  {
    from,
    to,
    figures,
    deploymentsPerDay,
  }: { from: string; to: string; figures: PeriodFigures; deploymentsPerDay: number | null },
): string {
  const { failRate } = figures;
  const perDay = deploymentsPerDay === null ? "" : deploymentsPerDay.toFixed(4);
  const rate =
    failRate === null
      ? ["", "", ""]
      : [failRate.share, failRate.low, failRate.high].map((one) => one.toFixed(4));
  return csvLine([
    ...[period, from, to, String(figures.deployments), perDay],
    ...[String(figures.failed), ...rate, String(figures.unrecovered)],
    ...Object.values(spreads).flatMap((name) => spreadCells(figures[name])),
    ...[figures.incidents, figures.reviewsWatched, figures.reviewsUnwatched].map(String),
  ]);
}

function spreadCells({ n, medianMs, p90Ms }: Spread): string[] {
  return [String(n), ...[medianMs, p90Ms].map((ms) => (ms === null ? "" : (ms / 1_000).toFixed(1)))];
}
