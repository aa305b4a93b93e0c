import { eq } from "drizzle-orm";
import { instances } from "#db/schema/traffic.ts";
import { workers } from "#db/schema/workers.ts";
import type { Context } from "#server/kernel/context.ts";

/** The workers that have run a release, by name: its artifact lay on their machines. */
export function listMachinesOf(
  ctx: Context,
  input: { releaseId: number },
): Promise<{ worker: string; host: string }[]> {
  return ctx.db
    .selectDistinct({ worker: workers.name, host: workers.host })
    .from(instances)
    .innerJoin(workers, eq(workers.id, instances.workerId))
    .where(eq(instances.releaseId, input.releaseId))
    .orderBy(workers.name);
}
