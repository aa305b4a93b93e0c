import { and, eq, isNotNull } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { canaryRefusal } from "#server/domain/deployment.ts";
import type { PoolColor } from "#server/domain/pools.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { allows } from "./allows.ts";

/**
 * Keeps a canary from being over, or cancelled, until the transaction ends; says where it is. ConflictError with the
 * reason where there is none (any more), NotFoundError.
 */
export async function holdCanary(
  tx: Context,
  { deploymentId }: { deploymentId: number },
): Promise<{ serviceEnvironmentId: number; pool: PoolColor }> {
  const isIt = eq(deployments.id, deploymentId);
  const [held] = await tx.db
    .select({ serviceEnvironmentId: deployments.serviceEnvironmentId, pool: deployments.pool })
    .from(deployments)
    .where(and(isIt, allows("canary"), isNotNull(deployments.canaryEndsAt)))
    .for("update");
  if (held !== undefined && held.pool !== null) return { ...held, pool: held.pool };
  const [found] = await tx.db.select().from(deployments).where(isIt);
  if (found === undefined) throw new NotFoundError(`There is no deployment ${deploymentId}.`);
  throw new ConflictError(canaryRefusal(found) ?? "It changed just now. Try again.");
}
