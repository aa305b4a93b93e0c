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
): Promise<{ generation: number }> {
  if (!(seconds > 0 && seconds <= longestPauseSeconds)) {
    throw new ValidationError(`Requests are held for ${longestPauseSeconds} seconds at the most.`, "seconds");
  }
  const paused = await changePointer(ctx, {
    serviceEnvironmentId,
    action: "traffic/pause",
    after: { seconds },
    set: sql`held_until = clock_timestamp() + ${seconds} * interval '1 second'`,
    where: sql`live_pool is not null and (held_until is null or held_until <= clock_timestamp())`,
  });
  if (paused === null) throw new ConflictError("Nothing is live there, or requests are held already.");
  return paused;
}

/** Lets them go at once; false where none were held (any more). */
export async function resumeTraffic(
  ctx: Context,
  { serviceEnvironmentId }: { serviceEnvironmentId: number },
): Promise<boolean> {
  const resumed = await changePointer(ctx, {
    serviceEnvironmentId,
    action: "traffic/resume",
    after: { seconds: 0 },
    set: sql`held_until = null`,
    where: sql`held_until > clock_timestamp()`,
  });
  return resumed !== null;
}
