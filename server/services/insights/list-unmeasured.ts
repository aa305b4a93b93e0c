import { sql } from "drizzle-orm";
import { z } from "zod";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import type { Context } from "#server/kernel/context.ts";
import { isChange } from "./day-counts.ts";

/** What switched longer ago stays unmeasured. */
const withinDays = 7;
const mostKnown = 100;

const rowsSchema = z.array(
  z.object({
    deploymentId: z.coerce.number(),
    serviceEnvironmentId: z.coerce.number(),
    switchedAt: z.coerce.date(),
    sha: z.string(),
    /** What was live before; null where nothing was. */
    before: z.string().nullable(),
    /** Newest first: whatever had been live there until then. */
    known: z.array(z.string()),
    service: z.object({
      id: z.number(),
      repositoryUrl: z.string(),
      settingsPath: z.string(),
      typedSettings: z.custom<SettingsFileInput>().nullable(),
    }),
  }),
);
export type Unmeasured = z.output<typeof rowsSchema>[number];

/** Deployments of the last days that brought another release, of which nobody has found out yet how large they are. */
export async function listUnmeasured(ctx: Context, limit: number): Promise<Unmeasured[]> {
  const rows = await ctx.db.execute(sql`
    select deployments.id as "deploymentId", deployments.service_environment_id as "serviceEnvironmentId",
      switched_at as "switchedAt", sha, known[1] as before, known,
      jsonb_build_object('id', services.id, 'repositoryUrl', repository_url, 'settingsPath', settings_path,
        'typedSettings', typed_settings) as service
    from service_environments join services on services.id = service_id
      join deployments on deployments.service_environment_id = service_environments.id
      cross join lateral (
        select coalesce(array_agg(sha order by switched_at desc), '{}') as known from (
          select releases.sha, former.switched_at from deployments former join releases on releases.id = former.release_id
          where former.service_environment_id = deployments.service_environment_id
            and former.switched_at < deployments.switched_at
          order by former.switched_at desc limit ${mostKnown}) as formers) as formers
    where switched_at > ${ctx.now().toISOString()}::timestamptz - ${withinDays} * interval '1 day'
      and not exists (select from deployment_batches where deployment_id = deployments.id)
      and ${isChange("deployments")}
    order by switched_at desc limit ${limit}`);
  return rowsSchema.parse([...rows]);
}
