import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { deleteTeam } from "#server/services/identity/delete-team.ts";
import { listTeams } from "#server/services/identity/list-teams.ts";
import { listServices } from "#server/services/services/list-services.ts";

/** Removes a team and says which services have none now. */
export function removeTeam(
  ctx: Context,
  input: { teamId: number },
): Promise<{ services: { slug: string; name: string }[] }> {
  demand(ctx, "manageTeams");
  return inTransaction(ctx, async (tx) => {
    const team = (await listTeams(tx)).find(({ id }) => id === input.teamId);
    if (team === undefined) throw new NotFoundError("There is no such team: it was removed already.");
    const owned = (await listServices(tx)).filter((service) => service.team === team.name);
    await deleteTeam(tx, { ...input, serviceSlugs: owned.map(({ slug }) => slug) });
    for (const { id } of owned) await notify(tx, "service", id);
    return { services: owned.map(({ slug, name }) => ({ slug, name })) };
  });
}
