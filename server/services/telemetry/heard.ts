import { eq, sql } from "drizzle-orm";
import { telemetryHeard } from "#db/schema/telemetry.ts";
import type { TelemetryKind } from "#server/domain/signal-source.ts";
import type { Context } from "#server/kernel/context.ts";

export interface Heard {
  serviceEnvironmentId: number;
  kind: TelemetryKind;
  /** What could not be true of what was told since the last time. */
  refused: number;
}

/** Notes that these were heard of just now. */
export async function noteHeard(ctx: Pick<Context, "db">, heard: readonly Heard[]): Promise<void> {
  await ctx.db.execute(sql`
    insert into telemetry_heard (service_environment_id, kind, heard_at, refused)
    select place.id, told.kind, clock_timestamp(), told.refused
    from jsonb_to_recordset(${JSON.stringify(heard)}::jsonb) as told("serviceEnvironmentId" bigint, kind text, refused integer)
      join service_environments place on place.id = told."serviceEnvironmentId"
    order by 1, 2
    on conflict (service_environment_id, kind) do update set heard_at = excluded.heard_at, refused = excluded.refused`);
}

/** When a service environment was last heard of, by what it told. */
export async function listHeard(
  ctx: Pick<Context, "db">,
  serviceEnvironmentId: number,
): Promise<{ kind: TelemetryKind; heardAt: string; refused: number }[]> {
  const rows = await ctx.db
    .select()
    .from(telemetryHeard)
    .where(eq(telemetryHeard.serviceEnvironmentId, serviceEnvironmentId))
    .orderBy(telemetryHeard.kind);
  return rows.map(({ kind, heardAt, refused }) => ({ kind, heardAt: heardAt.toISOString(), refused }));
}
