"use client";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { useAct } from "#components/use-act.ts";
import type { TokenRow } from "#server/domain/token.ts";

export function RevokeToken({ token, onClose }: { token: TokenRow; onClose: () => void }) {
  const trpc = useTRPC();
  const act = useAct(trpc.tokens.pathKey());
  const revoke = useMutation(trpc.tokens.revoke.mutationOptions());
  async function send() {
    await act(() => revoke.mutateAsync({ id: token.id }), `${token.name} is revoked.`);
    onClose();
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Revoke ${token.name}?`}
      description={`The next request with ${token.start}… is refused. This cannot be undone; to give the machine time, rotate the token instead.`}
      confirmLabel="Revoke the token"
      keepLabel="Keep the token"
      loading={revoke.isPending}
      onConfirm={() => void send()}
    />
  );
}
