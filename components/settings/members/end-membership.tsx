"use client";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { useAct } from "#components/use-act.ts";
import type { MemberRow } from "#server/api/types.ts";
import { tokensText } from "./change-role.tsx";

export function EndMembership({ member, onClose }: { member: MemberRow; onClose: () => void }) {
  const trpc = useTRPC();
  const act = useAct(trpc.members.pathKey(), trpc.teams.pathKey());
  const end = useMutation(trpc.members.endMembership.mutationOptions());
  const { name } = member;
  const tokens = member.details?.workingTokens ?? 0;
  async function send() {
    await act(() => end.mutateAsync({ userId: member.id }), `${name} has left.`);
    onClose();
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Let ${name} leave?`}
      description={`${name} is signed out everywhere at once. ${
        tokens === 0
          ? "They have no tokens that could go on working."
          : `${tokensText(tokens)} that they made will be revoked for good: machines that use them stop being able to deploy.`
      } What ${name} did keeps their name. They can come back later.`}
      confirmLabel={`Let ${name} leave`}
      keepLabel={`Keep ${name}`}
      loading={end.isPending}
      onConfirm={() => void send()}
    />
  );
}
