import { sql } from "drizzle-orm";
import { z } from "zod";
import type { Context } from "#server/kernel/context.ts";

/** A fix of which nobody has looked yet how much it changes. */
export interface UnmeasuredFix {
  incidentId: number;
  serviceSlug: string;
  /** The whole SHAs of what was live when it began, and of what was shipped instead. */
  badSha: string;
  fixSha: string;
}

const rowsSchema = z.array(
  z.object({
    incidentId: z.coerce.number(),
    serviceSlug: z.string(),
    badSha: z.string(),
    fixSha: z.string(),
  }),
);

/** Those that were rolled forward and recovered in the last hour. */
export async function listUnmeasuredFixes(ctx: Context): Promise<UnmeasuredFix[]> {
  const rows = await ctx.db.execute(sql`
    select incidents.id as "incidentId", services.slug as "serviceSlug", releases.sha as "badSha", fix.sha as "fixSha"
    from incidents
      join releases on releases.id = incidents.release_id
      join services on services.id = releases.service_id
      join deployments as fix on fix.id = incidents.mitigating_deployment_id
    where incidents.state = 'recovered' and mitigation = 'roll-forward' and fix_lines is null
      and recovered_at > ${new Date(ctx.now().getTime() - 3_600_000).toISOString()}::timestamptz
    limit 20`);
  return rowsSchema.parse([...rows]);
}
