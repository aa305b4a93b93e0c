import { and, eq, inArray, sql } from "drizzle-orm";
import { incidentAttempts, incidents } from "#db/schema/incidents.ts";
import { ongoingStates } from "#server/domain/incident.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";

/** What the fix is for: the release that the incident came with. */
export interface ToFix {
  releaseId: number | null;
  deploymentId: number | null;
}

/** Until the transaction ends it goes on. ConflictError where it is over, or goes on somewhere else. */
export async function holdIncident(
  tx: Context,
  { incidentId, serviceEnvironmentId }: { incidentId: number; serviceEnvironmentId: number },
): Promise<ToFix> {
  const [ongoing] = await tx.db
    .select({ releaseId: incidents.releaseId, deploymentId: incidents.deploymentId })
    .from(incidents)
    .where(
      and(
        eq(incidents.id, incidentId),
        eq(incidents.serviceEnvironmentId, serviceEnvironmentId),
        inArray(incidents.state, [...ongoingStates]),
      ),
    )
    .for("share");
  if (ongoing !== undefined) return ongoing;
  throw new ConflictError(`Incident ${incidentId} is over, or it is not about this place.`);
}

/** Has the incident's page follow the deployment, as one of however many it takes. */
export async function noteAttempt(
  tx: Context,
  attempt: { incidentId: number; deploymentId: number },
): Promise<void> {
  await tx.db.insert(incidentAttempts).values(attempt);
  await notify(tx, "incident", attempt.incidentId);
}

/** The incident that the deployment is to end; null where it is for none. */
export async function findFixedIncident(ctx: Context, deploymentId: number): Promise<number | null> {
  const [row] = await ctx.db
    .select({ id: incidentAttempts.incidentId })
    .from(incidentAttempts)
    .where(eq(incidentAttempts.deploymentId, sql`${deploymentId}`));
  return row?.id ?? null;
}
