"use client";
import { useMutation } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { fieldRule } from "#components/field-rule.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { personNameSchema } from "#server/domain/account.ts";

export function ChangeName({ name }: { name: string }) {
  const [isOpen, setOpen] = useState(false);
  return (
    <span className="flex flex-wrap items-center gap-3">
      {name}
      <Button size="small" onClick={() => setOpen(true)}>
        Change your name
      </Button>
      {isOpen && <NameDialog name={name} onClose={() => setOpen(false)} />}
    </span>
  );
}

function NameDialog({ name, onClose }: { name: string; onClose: () => void }) {
  const trpc = useTRPC();
  const router = useRouter();
  const change = useMutation(trpc.session.changeName.mutationOptions());
  const form = useForm({ defaultValues: { name } });
  async function send(values: { name: string }) {
    try {
      await change.mutateAsync(values);
      toast.success("Your name is changed.");
      // The frame shows it too, and is drawn on the server.
      router.refresh();
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
      title="Change your name"
      description="What happened before keeps the name of its time."
      submitLabel="Save your name"
    >
      <Field label="Your name" error={form.formState.errors.name?.message}>
        <Input
          autoComplete="name"
          spellCheck={false}
          {...form.register("name", { validate: fieldRule(personNameSchema) })}
        />
      </Field>
    </FormDialog>
  );
}
