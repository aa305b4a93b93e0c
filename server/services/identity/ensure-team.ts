import { teams } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand } from "#server/kernel/context.ts";

/**
 * Makes the team where there is none of this name: a service may name one that nobody has described yet.
 * ForbiddenError where whoever names it may not make one, as a machine's token may not.
 */
export async function ensureTeam(ctx: Context, name: string): Promise<void> {
  const [made] = await ctx.db
    .insert(teams)
    .values({ name })
    .onConflictDoNothing()
    .returning({ id: teams.id });
  if (made === undefined) return;
  demand(ctx, "manageTeams");
  await record(ctx, { action: "identity/create-team", subject: `team:${made.id}`, after: { name } });
}
