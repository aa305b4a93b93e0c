import { and, eq, ne } from "drizzle-orm";
import { teams } from "#db/schema/identity.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { nameTaken, parseTeam, type TeamInput } from "./parse-team.ts";
import { listServicesOf, notifyServices } from "./services-of-team.ts";

/** A new name and contact. Services follow the name by their foreign key, and open pages of them are told. */
export async function updateTeam(ctx: Context, input: TeamInput & { teamId: number }): Promise<void> {
  demand(ctx, "manageTeams");
  const { name, contact } = parseTeam(input);
  return inTransaction(ctx, async (tx) => {
    const one = eq(teams.id, input.teamId);
    const [before] = await tx.db
      .select({ name: teams.name, contact: teams.contact })
      .from(teams)
      .where(one)
      .for("update");
    if (before === undefined) throw new NotFoundError("There is no such team: it was removed meanwhile.");
    if (before.name === name && before.contact === contact) return;
    const [taken] = await tx.db
      .select({ id: teams.id })
      .from(teams)
      .where(and(eq(teams.name, name), ne(teams.id, input.teamId)));
    if (taken !== undefined) throw nameTaken(name);
    await tx.db.update(teams).set({ name, contact }).where(one);
    await record(tx, {
      action: "identity/update-team",
      subject: `team:${input.teamId}`,
      before,
      after: { name, contact },
    });
    await notifyServices(tx, await listServicesOf(tx, name));
  });
}
