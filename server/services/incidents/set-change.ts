import { and, eq } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { incidents } from "#db/schema/incidents.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { demandOf } from "./demand-of.ts";
import { writeEvent } from "./write-event.ts";

/** A person says which deployment it came with, or that it came with none. ValidationError for one of somewhere else. */
export async function setChange(
  ctx: Context,
  { incidentId, deploymentId }: { incidentId: number; deploymentId: number | null },
): Promise<void> {
  demandPerson(ctx, "deploy");
  const { serviceEnvironmentId } = await demandOf(ctx, "deploy", incidentId);
  await inTransaction(ctx, async (tx) => {
    if (deploymentId !== null) {
      const [here] = await tx.db
        .select({ id: deployments.id })
        .from(deployments)
        .where(
          and(eq(deployments.id, deploymentId), eq(deployments.serviceEnvironmentId, serviceEnvironmentId)),
        );
      if (here === undefined)
        throw new ValidationError("That deployment went somewhere else.", "deploymentId");
    }
    const [former] = await tx.db
      .select({ deploymentId: incidents.deploymentId })
      .from(incidents)
      .where(eq(incidents.id, incidentId))
      .for("update");
    await tx.db.update(incidents).set({ deploymentId }).where(eq(incidents.id, incidentId));
    await writeEvent(tx, {
      ...{ incidentId, kind: "change" },
      text:
        deploymentId === null ? "It came with no deployment." : `It came with deployment ${deploymentId}.`,
    });
    await record(tx, {
      action: "incidents/set-change",
      subject: `incident:${incidentId}`,
      before: { deploymentId: former?.deploymentId ?? null },
      after: { deploymentId },
    });
  });
}
