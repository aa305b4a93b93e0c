import { asc } from "drizzle-orm";
import { environments } from "#db/schema/services.ts";
import type { Environment } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";

/** Left to right, as on every screen. */
export function listEnvironments(ctx: Context): Promise<(Environment & { isShown: boolean })[]> {
  return ctx.db.select().from(environments).orderBy(asc(environments.position));
}
