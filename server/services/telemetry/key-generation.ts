import { eq, sql } from "drizzle-orm";
import { telemetryKeys } from "#db/schema/telemetry.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";

export interface KeyGeneration {
  generation: number;
  /** Until when the generation before opens, too; null where there was none. */
  formerUntil: Date | null;
}

const firstGeneration: KeyGeneration = { generation: 0, formerUntil: null };
/** What was started with the key before goes on with it until it is started again. */
const formerDays = 7;

/** Of the key by which a service environment tells of itself; the first where it was never replaced. */
export async function readKeyGeneration(
  ctx: Pick<Context, "db">,
  serviceEnvironmentId: number,
): Promise<KeyGeneration> {
  const { generation, formerUntil } = telemetryKeys;
  const [row] = await ctx.db
    .select({ generation, formerUntil })
    .from(telemetryKeys)
    .where(eq(telemetryKeys.serviceEnvironmentId, serviceEnvironmentId));
  return row ?? firstGeneration;
}

/** Replaces the key. The one before opens for a week more, or, where it is `atOnce`, never again. */
export async function replaceTelemetryKey(
  ctx: Context,
  place: { serviceEnvironmentId: number; serviceSlug: string; environmentSlug: string },
  { atOnce }: { atOnce: boolean },
): Promise<void> {
  const { serviceEnvironmentId, serviceSlug, environmentSlug } = place;
  demand(ctx, "manageServices", serviceSlug);
  const formerUntil = atOnce
    ? sql`clock_timestamp()`
    : sql`clock_timestamp() + ${formerDays} * interval '1 day'`;
  await inTransaction(ctx, async (tx) => {
    await tx.db
      .insert(telemetryKeys)
      .values({ serviceEnvironmentId, generation: 1, formerUntil })
      .onConflictDoUpdate({
        target: telemetryKeys.serviceEnvironmentId,
        set: { generation: sql`${telemetryKeys.generation} + 1`, formerUntil },
      });
    await record(tx, {
      action: "telemetry/replace-key",
      subject: `service:${serviceSlug}`,
      after: { environment: environmentSlug, atOnce },
    });
  });
}

/** Whether a key of this generation opens, given the present one. */
export function opens(generation: number, present: KeyGeneration, now: Date): boolean {
  if (generation === present.generation) return true;
  return generation === present.generation - 1 && present.formerUntil !== null && present.formerUntil > now;
}
