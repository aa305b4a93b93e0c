import { environments } from "#db/schema/services.ts";
import type { Context } from "#server/kernel/context.ts";

/** The environments of a new installation. */
const first = [
  { slug: "staging", name: "Staging", position: 1, isProduction: false },
  { slug: "production", name: "Production", position: 2, isProduction: true },
];

export async function ensureEnvironments(ctx: Context): Promise<void> {
  const known = await ctx.db.select({ id: environments.id }).from(environments).limit(1);
  if (known.length === 0) await ctx.db.insert(environments).values(first).onConflictDoNothing();
}
