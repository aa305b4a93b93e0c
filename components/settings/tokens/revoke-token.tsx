"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { TokenRow } from "#server/domain/token.ts";

export function RevokeToken({ token }: { token: TokenRow }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const [open, setOpen] = useState(false);
  const revoke = useMutation(trpc.tokens.revoke.mutationOptions());
  async function send() {
    try {
      await revoke.mutateAsync({ id: token.id });
      setOpen(false);
      toast.success(`${token.name} is revoked.`);
    } catch (error) {
      toast.error(requestProblem(error).message);
    }
    await queryClient.invalidateQueries({ queryKey: trpc.tokens.pathKey() });
  }
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button size="small" aria-label={`Revoke ${token.name}, ${token.start}…`}>
          Revoke
        </Button>
      }
      title={`Revoke ${token.name}?`}
      description={`The next request with ${token.start}… is refused. This cannot be undone; to give the machine time, rotate the token instead.`}
      confirmLabel="Revoke the token"
      loading={revoke.isPending}
      onConfirm={() => void send()}
    />
  );
}
