import { eq } from "drizzle-orm";
import { serviceEnvironments } from "#db/schema/services.ts";
import type { Condition } from "#server/domain/conditions.ts";
import type { Context } from "#server/kernel/context.ts";

/** What is asked of commits here, which nobody changes until the transaction ends. */
export async function holdConditions(
  tx: Context,
  input: { serviceEnvironmentId: number },
): Promise<Condition[]> {
  const [row] = await tx.db
    .select({ conditions: serviceEnvironments.conditions })
    .from(serviceEnvironments)
    .where(eq(serviceEnvironments.id, input.serviceEnvironmentId))
    .for("share");
  return row?.conditions ?? [];
}
