import { teams } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { nameTaken, parseTeam, type TeamInput } from "./parse-team.ts";

export async function createTeam(ctx: Context, input: TeamInput): Promise<{ id: number }> {
  demand(ctx, "manageTeams");
  const { name, contact } = parseTeam(input);
  return inTransaction(ctx, async (tx) => {
    const [made] = await tx.db
      .insert(teams)
      .values({ name, contact })
      .onConflictDoNothing()
      .returning({ id: teams.id });
    if (made === undefined) throw nameTaken(name);
    await record(tx, {
      action: "identity/create-team",
      subject: `team:${made.id}`,
      after: { name, contact },
    });
    return made;
  });
}
