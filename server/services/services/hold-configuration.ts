import { eq } from "drizzle-orm";
import { serviceEnvironments } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";

/**
 * Nobody else makes a version here until the transaction ends. Whoever asks for a deployment holds it too: a
 * deployment that comes later in the queue never brings an older version unasked.
 */
export async function holdConfiguration(
  tx: Context,
  input: { serviceEnvironmentId: number; to: "read" | "change" },
): Promise<void> {
  await tx.db
    .select({ id: serviceEnvironments.id })
    .from(serviceEnvironments)
    .where(eq(serviceEnvironments.id, input.serviceEnvironmentId))
    .for(input.to === "change" ? "no key update" : "share");
}
