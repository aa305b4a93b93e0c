import { handleSummary } from "#server/api/public/handle-summary.ts";

export const dynamic = "force-dynamic";
export {
  handleSummary as DELETE,
  handleSummary as GET,
  handleSummary as PATCH,
  handleSummary as POST,
  handleSummary as PUT,
};
