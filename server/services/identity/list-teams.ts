import { eq, isNull, sql } from "drizzle-orm";
import { teamMembers, teams, users } from "#db/schema/identity.ts";
import type { Context } from "#server/kernel/context.ts";

export interface Team {
  id: number;
  name: string;
  contact: string | null;
  /** By name; who left is not among them. */
  members: { id: number; name: string }[];
}

export async function listTeams(ctx: Context): Promise<Team[]> {
  const [rows, members] = await Promise.all([
    ctx.db
      .select({ id: teams.id, name: teams.name, contact: teams.contact })
      .from(teams)
      .orderBy(sql`lower(${teams.name})`, teams.id),
    ctx.db
      .select({ teamId: teamMembers.teamId, id: users.id, name: users.name })
      .from(teamMembers)
      .innerJoin(users, eq(users.id, teamMembers.userId))
      .where(isNull(users.leftAt))
      .orderBy(sql`lower(${users.name})`, users.id),
  ]);
  const byTeam = Map.groupBy(members, ({ teamId }) => teamId);
  return rows.map((team) => ({
    ...team,
    members: (byTeam.get(team.id) ?? []).map(({ id, name }) => ({ id, name })),
  }));
}
