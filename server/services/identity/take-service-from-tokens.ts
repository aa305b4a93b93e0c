import { sql } from "drizzle-orm";
import { apiTokens } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import type { Context } from "#server/kernel/context.ts";

/**
 * A service is gone: tokens that were for it are for the others only, or for none. Else they would reach whatever is
 * registered under its name one day. Call it in the transaction that deletes the service.
 */
export async function takeServiceFromTokens(ctx: Context, slug: string): Promise<void> {
  const narrowed = await ctx.db
    .update(apiTokens)
    .set({ services: sql`array_remove(${apiTokens.services}, ${slug})` })
    .where(sql`${slug} = any(${apiTokens.services})`)
    .returning({ id: apiTokens.id, services: apiTokens.services });
  for (const { id, services } of narrowed) {
    await record(ctx, {
      action: "identity/narrow-token",
      subject: `token:${id}`,
      before: { services: [...(services ?? []), slug].sort() },
      after: { services },
    });
  }
}
