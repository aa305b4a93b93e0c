import { and, eq, inArray } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { serviceEnvironments } from "#db/schema/services.ts";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { addExpectations } from "./add-expectations.ts";
import { oldestFirst, selectBriefs, toBrief } from "./brief.ts";

/** What runs or waits, oldest first: everywhere, or of one service. */
export async function listActive(
  ctx: Context,
  input: { serviceId?: number } = {},
): Promise<DeploymentBrief[]> {
  const rows = await selectBriefs(ctx)
    .where(
      and(
        inArray(deployments.status, ["queued", "running"]),
        input.serviceId === undefined ? undefined : eq(serviceEnvironments.serviceId, input.serviceId),
      ),
    )
    .orderBy(oldestFirst)
    .limit(500);
  return addExpectations(ctx, rows.map(toBrief));
}
