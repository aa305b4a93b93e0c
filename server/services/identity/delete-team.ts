import { eq } from "drizzle-orm";
import { teams } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";

/** Its services then have no team (`serviceSlugs`, for the audit log): their foreign key is set to null. */
export async function deleteTeam(
  ctx: Context,
  input: { teamId: number; serviceSlugs: readonly string[] },
): Promise<void> {
  demand(ctx, "manageTeams");
  await inTransaction(ctx, async (tx) => {
    const [gone] = await tx.db
      .delete(teams)
      .where(eq(teams.id, input.teamId))
      .returning({ name: teams.name, contact: teams.contact });
    if (gone === undefined) throw new NotFoundError("There is no such team: it was removed already.");
    await record(tx, {
      action: "identity/delete-team",
      subject: `team:${input.teamId}`,
      before: { ...gone, services: input.serviceSlugs },
    });
  });
}
