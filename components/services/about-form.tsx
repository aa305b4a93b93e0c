"use client";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import type { ServicePage } from "#server/api/types.ts";

type Values = {
  name: string;
  team: string;
  repositoryUrl: string;
  defaultBranch: string;
  settingsPath: string;
};

type AboutFormProps = { service: ServicePage /** Why nothing can be changed. */; refusal: string | null };

export function AboutForm({ service, refusal }: AboutFormProps) {
  const trpc = useTRPC();
  const update = useMutation(trpc.services.update.mutationOptions());
  const { name, team, repositoryUrl, defaultBranch, settingsPath } = service;
  const form = useForm<Values>({
    values: { name, team: team ?? "", repositoryUrl, defaultBranch, settingsPath },
  });
  async function send(values: Values) {
    try {
      await update.mutateAsync({
        slug: service.slug,
        ...values,
        team: values.team.trim() === "" ? null : values.team,
      });
      toast.success("Saved.");
    } catch (error) {
      showFormError(form, requestProblem(error));
    }
  }
  return (
    <Form
      form={form}
      onSubmit={send}
      aria-label="About the service"
      footer={
        <Button
          type="submit"
          loading={update.isPending}
          refusal={refusal ?? (form.formState.isDirty ? null : "Nothing has changed.")}
        >
          Save the service
        </Button>
      }
    >
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField form={form} name="name" label="Name" />
        <TextField form={form} name="team" label="Team" optional />
        <TextField form={form} name="repositoryUrl" label="Repository" mono />
        <TextField form={form} name="defaultBranch" label="Branch" mono />
        {service.typedSettings === null && (
          <TextField form={form} name="settingsPath" label="Settings file" mono />
        )}
      </div>
    </Form>
  );
}
