"use client";
import { useMutation } from "@tanstack/react-query";
import { UserPlus } from "lucide-react";
import { useState } from "react";
import { Controller, useForm } from "react-hook-form";
import { fieldRule } from "#components/field-rule.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Field } from "#components/ui/field.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { Input } from "#components/ui/input.tsx";
import { emailSchema } from "#server/domain/account.ts";
import type { Role } from "#server/domain/permissions.ts";
import { OneTimeLink } from "./one-time-link.tsx";
import { RoleSelect } from "./role-select.tsx";
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
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={made === undefined ? "Invite a member" : `The invitation for ${made.email}`}
      description={made === undefined ? "You get a link to hand on; no e-mail is sent." : undefined}
    >
      {made !== undefined ? (
        <OneTimeLink made={made} />
      ) : (
        <Form
          form={form}
          onSubmit={send}
          aria-label="Invite a member"
          footer={
            <Button type="submit" variant="primary" loading={invite.isPending}>
              Make the invitation link
            </Button>
          }
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
          <Controller
            control={form.control}
            name="role"
            render={({ field }) => (
              <Field label="Role">
                <RoleSelect value={field.value} onChange={field.onChange} />
              </Field>
            )}
          />
        </Form>
      )}
    </Dialog>
  );
}
