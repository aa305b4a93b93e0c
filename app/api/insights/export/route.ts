import { handleInsightsExport } from "#server/api/handle-insights-export.ts";

export const dynamic = "force-dynamic";
export { handleInsightsExport as GET };
