import { eq } from "drizzle-orm";
import { teams } from "#db/schema/identity.ts";
import type { Context } from "#server/kernel/context.ts";

/** How to reach a team; null where it has not said. */
export async function readTeamContact(ctx: Context, name: string | null): Promise<string | null> {
  if (name === null) return null;
  const [team] = await ctx.db.select({ contact: teams.contact }).from(teams).where(eq(teams.name, name));
  return team?.contact ?? null;
}
