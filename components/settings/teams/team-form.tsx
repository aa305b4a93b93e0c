"use client";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import type { TeamView } from "#server/api/types.ts";
import { useRenewTeams } from "./use-renew-teams.ts";

type Values = { name: string; contact: string };

/** Makes a team where `team` is null, else changes it. */
export function TeamForm({ team, onClose }: { team: TeamView | null; onClose: () => void }) {
  const trpc = useTRPC();
  const renew = useRenewTeams();
  const create = useMutation(trpc.teams.create.mutationOptions());
  const update = useMutation(trpc.teams.update.mutationOptions());
  const form = useForm<Values>({ defaultValues: { name: team?.name ?? "", contact: team?.contact ?? "" } });
  async function send(values: Values) {
    try {
      if (team === null) await create.mutateAsync(values);
      else await update.mutateAsync({ teamId: team.id, ...values });
      toast.success(team === null ? `${values.name.trim()} is a team now.` : "Saved.");
      await renew();
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
      title={team === null ? "Make a team" : `Change ${team.name}`}
      description={
        team === null
          ? "Its members and services are chosen afterwards."
          : "Its services follow the new name."
      }
      submitLabel={team === null ? "Make the team" : "Save the team"}
    >
      <TextField form={form} name="name" label="Name" />
      <TextField
        form={form}
        name="contact"
        label="Who to talk to"
        optional
        hint="A channel, an address or a link. It stands on the page of each of its services."
      />
    </FormDialog>
  );
}
