import { and, eq, isNull } from "drizzle-orm";
import { teamMembers, teams, users } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";

/** Puts a member into a team, or takes them out of it. It changes what is shown, and nothing that they may do. */
export async function setTeamMembership(
  ctx: Context,
  input: { teamId: number; userId: number; isMember: boolean },
): Promise<void> {
  demand(ctx, "manageTeams");
  await inTransaction(ctx, async (tx) => {
    const changed = input.isMember ? await add(tx, input) : await take(tx, input);
    if (!changed) throw new ConflictError("It is so already. Nothing was changed.");
    await record(tx, {
      action: "identity/set-team-membership",
      subject: `team:${input.teamId}`,
      after: { userId: input.userId, isMember: input.isMember },
    });
  });
}

async function add(ctx: Context, { teamId, userId }: { teamId: number; userId: number }): Promise<boolean> {
  const [team] = await ctx.db.select().from(teams).where(eq(teams.id, teamId)).for("share");
  if (team === undefined) throw new NotFoundError("There is no such team: it was removed meanwhile.");
  const [user] = await ctx.db
    .select()
    .from(users)
    .where(and(eq(users.id, userId), isNull(users.leftAt)));
  if (user === undefined) throw new NotFoundError("There is no such member, or they have left.");
  const made = await ctx.db.insert(teamMembers).values({ teamId, userId }).onConflictDoNothing().returning();
  return made.length > 0;
}

async function take(ctx: Context, { teamId, userId }: { teamId: number; userId: number }): Promise<boolean> {
  const gone = await ctx.db
    .delete(teamMembers)
    .where(and(eq(teamMembers.teamId, teamId), eq(teamMembers.userId, userId)))
    .returning();
  return gone.length > 0;
}
