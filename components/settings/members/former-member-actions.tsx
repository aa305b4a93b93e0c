"use client";
import { useMutation } from "@tanstack/react-query";
import { UserCheck } from "lucide-react";
import { roleWords } from "#components/identity/role-words.ts";
import { RowMenu } from "#components/table/row-menu.tsx";
import { useTRPC } from "#components/trpc.tsx";
import { MenuItem } from "#components/ui/menu.tsx";
import { useAct } from "#components/use-act.ts";
import type { MemberRow } from "#server/api/types.ts";

export function FormerMemberActions({ member }: { member: MemberRow }) {
  const trpc = useTRPC();
  const act = useAct(trpc.members.pathKey(), trpc.teams.pathKey());
  const reopen = useMutation(trpc.members.reopenMembership.mutationOptions());
  const { id, name, role } = member;
  const letBack = () =>
    act(() => reopen.mutateAsync({ userId: id }), `${name} is back as ${roleWords[role].name}.`);
  return (
    <RowMenu of={name}>
      <MenuItem icon={<UserCheck />} onClick={() => void letBack()}>
        Let {name} come back as {roleWords[role].name}
      </MenuItem>
    </RowMenu>
  );
}
