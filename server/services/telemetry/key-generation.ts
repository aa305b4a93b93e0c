import { eq, sql } from "drizzle-orm";
import { telemetryKeys } from "#db/schema/telemetry.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { telemetryKey } from "#server/kernel/telemetry-key.ts";

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

export interface TelemetryKeyPlace {
  serviceEnvironmentId: number;
  serviceSlug: string;
  environmentSlug: string;
}

/** The present key, for somebody to look at. */
export async function showTelemetryKey(
  ctx: Context,
  { serviceEnvironmentId, serviceSlug, environmentSlug }: TelemetryKeyPlace,
  keys: SealingKeys,
): Promise<string> {
  demand(ctx, "manageServices", serviceSlug);
  return inTransaction(ctx, async (tx) => {
    const { generation } = await readKeyGeneration(tx, serviceEnvironmentId);
    await record(tx, {
      action: "telemetry/show-key",
      subject: `service:${serviceSlug}`,
      after: { environment: environmentSlug },
    });
    return telemetryKey(keys, { serviceEnvironmentId, generation });
  });
}

/** Replaces the key. The one before opens for a week more, or, where it is `atOnce`, never again. */
export async function replaceTelemetryKey(
  ctx: Context,
  { serviceEnvironmentId, serviceSlug, environmentSlug }: TelemetryKeyPlace,
  { atOnce }: { atOnce: boolean },
): Promise<void> {
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
