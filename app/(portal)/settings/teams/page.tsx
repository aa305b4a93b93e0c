import type { Metadata } from "next";
import { TeamsPage } from "#components/settings/teams/teams-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Teams" };

export default async function Page() {
  const api = await openPage("/settings/teams");
  const [{ may }, teams, { members }] = await Promise.all([
    api.session.current(),
    api.teams.list(),
    api.members.list(),
  ]);
  return <TeamsPage initial={teams} members={members} manages={may.manageTeams} />;
}
