import type { Context } from "#server/kernel/context.ts";
import { listTeams, type Team } from "#server/services/identity/list-teams.ts";
import { listServices } from "#server/services/services/list-services.ts";

export interface TeamView extends Team {
  services: { slug: string; name: string }[];
}

/** Every team with its people and what it owns. */
export async function listTeamsWithServices(ctx: Context): Promise<TeamView[]> {
  const [teams, services] = await Promise.all([listTeams(ctx), listServices(ctx)]);
  const byTeam = Map.groupBy(services, ({ team }) => team);
  return teams.map((team) => ({
    ...team,
    services: (byTeam.get(team.name) ?? []).map(({ slug, name }) => ({ slug, name })),
  }));
}
