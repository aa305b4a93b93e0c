import { eq } from "drizzle-orm";
import { teams } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { listServicesOf, notifyServices } from "./services-of-team.ts";

/** Removes a team and says which services have none now: their foreign key is set to null. */
export function deleteTeam(
  ctx: Context,
  input: { teamId: number },
): Promise<{ services: { slug: string; name: string }[] }> {
  demand(ctx, "manageTeams");
  return inTransaction(ctx, async (tx) => {
    const one = eq(teams.id, input.teamId);
    // Held, so that no service is given to it in between.
    const [team] = await tx.db
      .select({ name: teams.name, contact: teams.contact })
      .from(teams)
      .where(one)
      .for("update");
    if (team === undefined) throw new NotFoundError("There is no such team: it was removed already.");
    const owned = await listServicesOf(tx, team.name);
    await tx.db.delete(teams).where(one);
    await record(tx, {
      action: "identity/delete-team",
      subject: `team:${input.teamId}`,
      before: { ...team, services: owned.map(({ slug }) => slug) },
    });
    await notifyServices(tx, owned);
    return { services: owned.map(({ slug, name }) => ({ slug, name })) };
  });
}
