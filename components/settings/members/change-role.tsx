"use client";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { roleWords } from "#components/identity/role-words.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import type { MemberRow } from "#server/api/types.ts";
import { type Role, roles } from "#server/domain/permissions.ts";
import { RoleField } from "./role-field.tsx";
import { useRenewMembers } from "./use-renew-members.ts";

export function ChangeRole({ member, onClose }: { member: MemberRow; onClose: () => void }) {
  const trpc = useTRPC();
  const renew = useRenewMembers();
  const change = useMutation(trpc.members.changeRole.mutationOptions({ onSuccess: renew }));
  const form = useForm<{ role: Role }>({ defaultValues: { role: member.role } });
  const role = form.watch("role");
  const { name } = member;
  const words = roleWords[role];
  const tokens = member.details?.workingTokens ?? 0;
  async function send() {
    try {
      await change.mutateAsync({ userId: member.id, role });
      toast.success(`${name} is ${words.name} now.`);
      onClose();
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }
  return (
    <FormDialog
      form={form}
      onSubmit={send}
      onClose={onClose}
      title={`Change the role of ${name}`}
      description="It holds at once, on every open page."
      submitLabel={`Make ${name} ${words.name}`}
      refusal={role === member.role ? `${name} is ${words.name} already.` : null}
    >
      <RoleField value={role} onChange={(chosen) => form.setValue("role", chosen)} />
      {tokens > 0 && roles.indexOf(role) < roles.indexOf(member.role) && (
        <Callout tone="attention">
          {name} made {tokensText(tokens)}. A token can do no more than its maker, so from then on no more
          than {words.name}.
        </Callout>
      )}
    </FormDialog>
  );
}

export function tokensText(tokens: number): string {
  return tokens === 1 ? "1 token" : `${tokens} tokens`;
}
