import { sql } from "drizzle-orm";
import { z } from "zod";
import { deploymentKinds } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";

const rowsSchema = z.array(
  z.object({
    deploymentId: z.coerce.number(),
    kind: z.enum(deploymentKinds),
    releaseNumber: z.number().nullable(),
    at: z.coerce.date().transform((at) => at.toISOString()),
  }),
);

export type Switch = z.output<typeof rowsSchema>[number];

const most = 100;

/** The switches of a service environment within a range of time, in order; the latest where there are very many. */
export async function listSwitches(
  ctx: Pick<Context, "db">,
  { serviceEnvironmentId, from, to }: { serviceEnvironmentId: number; from: Date; to: Date },
): Promise<Switch[]> {
  const rows = await ctx.db.execute(sql`
    select deployments.id as "deploymentId", kind, releases.number as "releaseNumber", switched_at as at
    from deployments left join releases on releases.id = release_id
    where service_environment_id = ${serviceEnvironmentId}
      and switched_at >= ${from.toISOString()}::timestamptz and switched_at < ${to.toISOString()}::timestamptz
    order by switched_at desc limit ${most}`);
  return rowsSchema.parse([...rows]).reverse();
}
