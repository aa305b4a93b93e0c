import { getHTTPStatusCodeFromError } from "@trpc/server/http";
import { z } from "zod";
import { insightsCsv } from "#server/domain/insight-table.ts";
import { demand } from "#server/kernel/context.ts";
import { UnauthenticatedError } from "#server/kernel/errors.ts";
import { portal } from "#server/kernel/portal.ts";
import { getSession } from "#server/services/identity/get-session.ts";
import { readInsights } from "#server/services/insights/read-insights.ts";
import { handlerAccess } from "./access.ts";
import { apiContext, verbContext } from "./context.ts";
import { detailsOf, toApiError } from "./error-mapping.ts";
import { insightPathQuery } from "./insight-query.ts";

const querySchema = insightPathQuery.extend({ format: z.enum(["csv", "json"]) });
const mediaTypes = { csv: "text/csv; charset=utf-8", json: "application/json" } as const;

/** What the page of insights shows, as a file: `?format=csv` or `json`, and what the page is about. */
export async function handleInsightsExport(request: Request): Promise<Response> {
  const response = await answer(request).catch(refuse);
  response.headers.set("cache-control", "no-store");
  return response;
}

async function answer(request: Request): Promise<Response> {
  const session = await getSession();
  if (session === null) throw new UnauthenticatedError("Sign in first.");
  const ctx = verbContext(apiContext(session, request.headers), session);
  demand(ctx, handlerAccess["/api/insights/export"]);
  const { format, ...query } = querySchema.parse(Object.fromEntries(new URL(request.url).searchParams));
  const insights = await readInsights(ctx, query);
  const body = format === "csv" ? insightsCsv(insights) : JSON.stringify(insights, null, 2);
  return new Response(body, {
    headers: {
      "content-type": mediaTypes[format],
      "content-disposition": `attachment; filename="anytime-insights-${insights.from}-${insights.to}.${format}"`,
    },
  });
}

function refuse(error: unknown): Response {
  const told = toApiError(error, portal().logger, "insights/export");
  return Response.json(
    { message: told.message, ...detailsOf(told) },
    { status: getHTTPStatusCodeFromError(told) },
  );
}
