"use client";
import { useMutation } from "@tanstack/react-query";
import { roleWords } from "#components/identity/role-words.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { wrappingClass } from "#components/ui/button-class.ts";
import type { MemberRow } from "#server/api/types.ts";
import { useAct } from "../use-act.ts";

export function ReopenMembership({ member }: { member: MemberRow }) {
  const trpc = useTRPC();
  const act = useAct(trpc.members.pathKey(), trpc.teams.pathKey());
  const reopen = useMutation(trpc.members.reopenMembership.mutationOptions());
  const { id, name, role } = member;
  return (
    <Button
      size="small"
      className={wrappingClass}
      loading={reopen.isPending}
      onClick={() =>
        void act(() => reopen.mutateAsync({ userId: id }), `${name} is back as ${roleWords[role].name}.`)
      }
    >
      Let {name} come back as {roleWords[role].name}
    </Button>
  );
}
