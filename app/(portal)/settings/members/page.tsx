import type { Metadata } from "next";
import { MembersPage } from "#components/settings/members/members-page.tsx";
import { openPage } from "#server/api/caller.ts";

export const metadata: Metadata = { title: "Members" };

export default async function Page() {
  const api = await openPage("/settings/members");
  const [{ may }, members] = await Promise.all([api.session.current(), api.members.list()]);
  const invitations = may.manageMembers ? await api.members.invitations() : null;
  return <MembersPage initial={members} invitations={invitations} />;
}
