import { z } from "zod";
import { insightRanges } from "#server/domain/insight-range.ts";
import { slug } from "./schemas.ts";

const day = z.iso.date();

/** What insights are about, and of which days. */
export const insightQuery = z.object({
  environment: slug.optional().describe("Production if left out"),
  team: slug.optional().describe("Only services of this team, by its name"),
  range: z.enum(insightRanges).optional().describe("So long until today; 90 days if left out"),
  from: day.optional().describe("A first day in UTC, in place of `range`"),
  to: day.optional().describe("The last day in UTC; today if left out"),
});

/** The same with a service, as pages and files are asked for. */
export const insightPathQuery = insightQuery.extend({ service: slug.optional() });
