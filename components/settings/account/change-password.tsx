"use client";
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { PasswordField } from "#components/identity/password-field.tsx";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";

export function ChangePassword() {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <Button size="small" onClick={() => setOpen(true)}>
        Change your password
      </Button>
      {isOpen && <PasswordDialog onClose={() => setOpen(false)} />}
    </>
  );
}

type Values = { currentPassword: string; password: string };

function PasswordDialog({ onClose }: { onClose: () => void }) {
  const trpc = useTRPC();
  const change = useMutation(trpc.session.changePassword.mutationOptions());
  const form = useForm<Values>({ defaultValues: { currentPassword: "", password: "" } });
  async function send(values: Values) {
    try {
      await change.mutateAsync(values);
      toast.success("Your password is changed. Every other session has ended.");
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
      title="Change your password"
      description="Every other session of yours ends; this one goes on."
      submitLabel="Save the new password"
    >
      <PasswordField
        form={form}
        name="currentPassword"
        label="Current password"
        autoComplete="current-password"
        rules={{ required: "Write your current password." }}
      />
      <PasswordField form={form} name="password" label="New password" autoComplete="new-password" />
    </FormDialog>
  );
}
