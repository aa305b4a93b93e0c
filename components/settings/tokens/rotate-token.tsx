"use client";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Field } from "#components/ui/field.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import type { TokenRow } from "#server/domain/token.ts";
import type { MadeToken } from "./token-shown.tsx";
import { type Lifetime, lifetimeOf, lifetimes, type Overlap, overlaps } from "./token-words.ts";

export type RotateTokenProps = {
  token: TokenRow;
  onRotated: (made: MadeToken) => void;
  onClose: () => void;
};

export function RotateToken({ token, onRotated, onClose }: RotateTokenProps) {
  const trpc = useTRPC();
  const rotate = useMutation(trpc.tokens.rotate.mutationOptions());
  const form = useForm<{ days: Lifetime; overlap: Overlap }>({
    defaultValues: { days: lifetimeOf(token), overlap: "24" },
  });
  const { days, overlap } = form.watch();
  async function send() {
    try {
      const made = await rotate.mutateAsync({
        id: token.id,
        days: Number(days),
        overlapHours: Number(overlap),
      });
      onClose();
      onRotated({ ...made, name: token.name });
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }
  return (
    <FormDialog
      form={form}
      onSubmit={send}
      onClose={onClose}
      title={`Rotate ${token.name}`}
      description="A new token that may do the same takes its place."
      submitLabel="Make the new token"
    >
      <Field label="The old one goes on for" hint="Long enough to give every machine the new one.">
        <Select
          options={overlaps}
          value={overlap}
          onValueChange={(value) => form.setValue("overlap", value)}
        />
      </Field>
      <Field label="The new one works for">
        <Select options={lifetimes} value={days} onValueChange={(value) => form.setValue("days", value)} />
      </Field>
    </FormDialog>
  );
}
