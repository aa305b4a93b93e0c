import { environments } from "#db/schema/services.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";

/** The environments of a new installation. */
const first = [
  { slug: "staging", name: "Staging", position: 1, isProduction: false, isShown: false },
  { slug: "production", name: "Production", position: 2, isProduction: true, isShown: true },
];

export async function ensureEnvironments(ctx: Context): Promise<void> {
  const known = await ctx.db.select({ id: environments.id }).from(environments).limit(1);
  if (known.length > 0) return;
  await inTransaction(ctx, async (tx) => {
    const made = await tx.db.insert(environments).values(first).onConflictDoNothing().returning();
    for (const { id: _, slug, ...after } of made) {
      await record(tx, { action: "services/create-environment", subject: `environment:${slug}`, after });
    }
  });
}
