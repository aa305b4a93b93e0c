"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { ConfigurationView, SecretView } from "#server/domain/configuration-views.ts";

type RevokeSecretProps = { view: ConfigurationView; secret: SecretView; onClose: () => void };

/** Says what it does to what runs and to a switch-back before it is done: there is no way back. */
export function RevokeSecret({ view, secret, onClose }: RevokeSecretProps) {
  const trpc = useTRPC();
  const queries = useQueryClient();
  const revoke = useMutation(trpc.configurations.revokeSecret.mutationOptions());
  const { serviceSlug: slug, environment } = view;
  const { id: secretId, name } = secret;
  async function send() {
    try {
      await revoke.mutateAsync({ slug, environmentSlug: environment.slug, secretId });
      toast.success(`This value of ${name} is revoked.`);
      await queries.invalidateQueries({ queryKey: trpc.configurations.pathKey() });
    } catch (error) {
      toast.error(requestProblem(error).message);
    }
    onClose();
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Revoke this value of ${name}?`}
      description={`Nothing in ${environment.name} starts with it again, not even by a switch-back: that takes the newest value set after it, and is refused where there is none. Instances that run with it now keep it until they are started anew. This cannot be undone.`}
      confirmLabel={`Revoke ${name}`}
      keepLabel={`Keep ${name}`}
      loading={revoke.isPending}
      onConfirm={() => void send()}
    />
  );
}
