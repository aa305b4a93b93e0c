import { sql } from "drizzle-orm";
import { longestPauseSeconds } from "#server/domain/pause.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, ValidationError } from "#server/kernel/errors.ts";
import { changePointer } from "./change-pointer.ts";

/**
 * Has routers hold requests for so long, at the most half a minute: then they let them go by themselves, whatever happens.
 * ValidationError "seconds"; ConflictError where requests are held already.
 */
export async function pauseTraffic(
  ctx: Context,
  { serviceEnvironmentId, seconds }: { serviceEnvironmentId: number; seconds: number },
): Promise<{ generation: number; heldUntilMs: number | null }> {
  if (!(seconds > 0 && seconds <= longestPauseSeconds)) {
    throw new ValidationError(`Requests are held for ${longestPauseSeconds} seconds at the most.`, "seconds");
  }
  const paused = await changePointer(ctx, {
    serviceEnvironmentId,
    action: "traffic/pause",
    after: { seconds },
    // In whole milliseconds, so that who began it can name it.
    set: sql`held_until = date_trunc('milliseconds', clock_timestamp() + ${seconds} * interval '1 second')`,
    where: sql`${goesThroughRouters} and (held_until is null or held_until <= clock_timestamp())`,
  });
  if (paused === null) {
    throw new ConflictError(
      "Nothing is live there behind the portal\u2019s routers, or requests are held already.",
    );
  }
  return paused;
}

const goesThroughRouters = sql`live_pool is not null and not exists (
  select from pools
  where pools.service_environment_id = pointers.service_environment_id
    and pools.color = pointers.live_pool and pools.target <> 'process'
)`;

/** Lets them go at once; false where none were held (any more), or only by a later pause than the one that is named. */
export async function resumeTraffic(
  ctx: Context,
  { serviceEnvironmentId, heldUntilMs }: { serviceEnvironmentId: number; heldUntilMs?: number | null },
): Promise<boolean> {
  const isMeant =
    heldUntilMs == null ? sql`true` : sql`extract(epoch from held_until) * 1000 = ${heldUntilMs}::numeric`;
  const resumed = await changePointer(ctx, {
    serviceEnvironmentId,
    action: "traffic/resume",
    after: { seconds: 0 },
    set: sql`held_until = null`,
    where: sql`held_until > clock_timestamp() and ${isMeant}`,
  });
  return resumed !== null;
}
