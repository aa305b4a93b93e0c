"use client";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
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
  const title = team === null ? "Make a team" : `Change ${team.name}`;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="small"
      title={title}
      description={team === null ? undefined : "Its services follow the new name."}
    >
      <Form
        form={form}
        onSubmit={send}
        aria-label={title}
        footer={
          <Button type="submit" variant="primary" loading={form.formState.isSubmitting}>
            {team === null ? "Make the team" : "Save the team"}
          </Button>
        }
      >
        <TextField form={form} name="name" label="Name" />
        <TextField
          form={form}
          name="contact"
          label="Who to talk to"
          optional
          hint="A channel, an address or a link. It stands on the page of each of its services."
        />
      </Form>
    </Dialog>
  );
}
