"use client";
import { useMutation } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { fieldRule } from "#components/field-rule.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { emailSchema } from "#server/domain/account.ts";
import type { Role } from "#server/domain/permissions.ts";
import { RoleField } from "./role-field.tsx";
import { ShownLink } from "./shown-link.tsx";
import { useRenewMembers } from "./use-renew-members.ts";

export function InviteMember() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button variant="primary" icon={<UserPlus />} onClick={() => setOpen(true)}>
        Invite a member
      </Button>
      {isOpen && <InviteDialog onClose={() => setOpen(false)} />}
    </>
  );
}

type Values = { email: string; role: Role };

function InviteDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const renew = useRenewMembers();
  const invite = useMutation(trpc.members.invite.mutationOptions({ onSuccess: renew }));
  const form = useForm<Values>({ defaultValues: { email: "", role: "engineer" } });
  async function send(values: Values) {
    try {
      await invite.mutateAsync(values);
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }
  const made = invite.data;
  if (made !== undefined) {
    return <ShownLink title={`The invitation for ${made.email}`} made={made} onDone={onClose} />;
  }
  return (
    <FormDialog
      form={form}
      onSubmit={send}
      onClose={onClose}
      title="Invite a member"
      description="You get a link to hand on; no e-mail is sent."
      submitLabel="Make the invitation link"
    >
      <Field label="E-mail" error={form.formState.errors.email?.message}>
        <Input
          type="email"
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          {...form.register("email", { validate: fieldRule(emailSchema) })}
        />
      </Field>
      <RoleField value={form.watch("role")} onChange={(role) => form.setValue("role", role)} />
    </FormDialog>
  );
}
