import { z } from "zod";
import { insightsCsv } from "#server/domain/insight-table.ts";
import type { Insights } from "#server/domain/insights.ts";
import { readInsights } from "#server/services/insights/read-insights.ts";
import { insightQuery } from "../insight-query.ts";
import { slug } from "../schemas.ts";
import { operation } from "./operation.ts";

const interval = z
  .object({ share: z.number(), low: z.number(), high: z.number() })
  .nullable()
  .describe("A share, 0 to 1, with its 95 % interval by Wilson; null where there is no data");
const spread = z.object({
  n: z.int(),
  medianMs: z.number().nullable().describe("Null where there is no data"),
  p90Ms: z.number().nullable(),
});
const risk = z.object({
  size: z.int().describe("From 0, the smallest, on"),
  deployments: z.int(),
  failed: z.int(),
  failRate: interval,
  recovery: spread,
});
const periodFigures = z.object({
  deployments: z.int().describe("That put another release in the place of the live one; no switch back"),
  leadTime: spread.describe("From commit to live, of each commit"),
  failed: z.int().describe("Of the deployments, those that needed a remedy"),
  failRate: interval,
  recovery: spread.describe("From the switch to the failed one until users were well again"),
  unrecovered: z.int(),
  incidents: z.int(),
  detect: spread,
  mitigate: spread,
  recover: spread,
  reviewsWatched: z.int(),
  reviewsUnwatched: z.int(),
});
const figures = periodFigures.extend({
  byCommits: z.array(risk).describe("0–1, 2–3, 4–7, 8–15, 16 or more commits"),
  byLines: z.array(risk).describe("Below 10, 50, 200, 1,000 lines, and more"),
});
const perDay = z.number().nullable().describe("Null before the first deployment there was");

const insightsAnswer = z.object({
  scope: z.object({
    environment: z.object({ slug: z.string(), name: z.string() }),
    team: z.string().nullable(),
    service: z.object({ slug: z.string(), name: z.string() }).nullable(),
  }),
  from: z.string(),
  to: z.string(),
  periodUnit: z.enum(["day", "week", "month"]),
  firstDay: z.string().nullable().describe("Of the first deployment there was"),
  total: figures,
  deploymentsPerDay: perDay,
  before: z
    .object({ total: periodFigures, deploymentsPerDay: perDay })
    .nullable()
    .describe("Of as many days right before"),
  periods: z.array(
    z.object({ from: z.string(), to: z.string(), figures: periodFigures, deploymentsPerDay: perDay }),
  ),
  calm: z.object({
    deployments: z.int().describe("Since the last day with one that needed a remedy"),
    sinceDay: z.string().nullable(),
  }),
});

const query = insightQuery.extend({
  format: z.enum(["json", "csv"]).default("json").describe("CSV has a line for each period"),
});

export const insightOperations = [
  operation({
    id: "getInsights",
    method: "GET",
    path: "/insights",
    summary: "The measures of DORA and what goes with them, of all services or a team’s",
    needs: "read",
    about: "portal",
    query: z.strictObject(query.shape),
    answer: insightsAnswer,
    handle: async ({ verb }, { format, ...asked }) => answerAs(format, await readInsights(verb, asked)),
  }),
  operation({
    id: "getServiceInsights",
    method: "GET",
    path: "/services/{slug}/insights",
    summary: "The same of one service",
    needs: "read",
    about: "service",
    params: z.object({ slug }),
    query: z.strictObject(query.omit({ team: true }).shape),
    answer: insightsAnswer,
    handle: async ({ verb }, { format, slug: service, ...asked }) =>
      answerAs(format, await readInsights(verb, { ...asked, service })),
  }),
];

function answerAs(format: "json" | "csv", insights: Insights): Insights | Response {
  if (format === "json") return insights;
  return new Response(insightsCsv(insights), { headers: { "content-type": "text/csv; charset=utf-8" } });
}
