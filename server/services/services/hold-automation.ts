import { eq } from "drizzle-orm";
import { serviceEnvironments } from "#db/schema/services.ts";
import type { Automation } from "#server/domain/automation.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { automationOf } from "./get-service.ts";

/** What is deployed here by itself, which nobody changes, pauses or acts on until the transaction ends. */
export async function holdAutomation(tx: Context, serviceEnvironmentId: number): Promise<Automation> {
  const [row] = await tx.db
    .select()
    .from(serviceEnvironments)
    .where(eq(serviceEnvironments.id, serviceEnvironmentId))
    .for("no key update");
  if (row === undefined) throw new NotFoundError("The service is not in this environment any more.");
  return automationOf(row);
}
