import { type InsightRange, insightRanges } from "#server/domain/insight-range.ts";
import { historySlugs } from "../history/history-statements.ts";

/** What is asked of the insights, in the words of their address. */
export interface Question {
  name: string;
  query: Record<string, string>;
}

const scopes: readonly Question[] = [
  { name: "all services", query: {} },
  { name: "a team", query: { team: "Team 3" } },
  { name: "the busiest service", query: { service: historySlugs.busyService } },
  { name: "a former service", query: { service: historySlugs.formerService } },
  { name: "all services, staging", query: { environment: "staging" } },
];

const rangeNames: Record<InsightRange, string> = {
  "30d": "30 days",
  "90d": "90 days",
  "1y": "a year",
  "5y": "five years",
};

export const questions: readonly Question[] = [
  ...scopes.flatMap(({ name, query }) =>
    insightRanges.map((range) => ({ name: `${name}, ${rangeNames[range]}`, query: { ...query, range } })),
  ),
  { name: "all services, half a year by the week", query: halfYear() },
];

function halfYear(): Record<string, string> {
  const day = (daysAgo: number) => new Date(Date.now() - daysAgo * 86_400_000).toISOString().slice(0, 10);
  return { from: day(180), to: day(0) };
}
