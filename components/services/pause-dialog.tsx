"use client";
import { useMutation } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Field } from "#components/ui/field.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Select } from "#components/ui/select.tsx";
import { useAct } from "#components/use-act.ts";
import { pauseChoices } from "#server/domain/pause.ts";

export type PauseDialogProps = {
  slug: string;
  environment: { slug: string; name: string };
  onClose: () => void;
};
type Values = { seconds: string };

/** Holds requests for some seconds, such as for a change that none may come between. */
export function PauseDialog({ slug, environment, onClose }: PauseDialogProps) {
  const trpc = useTRPC();
  const pause = useMutation(trpc.services.pauseTraffic.mutationOptions());
  const act = useAct(trpc.services.get.queryKey({ slug }));
  const form = useForm<Values>({ defaultValues: { seconds: "10" } });
  const { seconds } = form.watch();
  async function send(values: Values) {
    try {
      await pause.mutateAsync({ slug, environmentSlug: environment.slug, seconds: Number(values.seconds) });
    } catch (error) {
      return showFormError(form, requestProblem(error));
    }
    onClose();
    await act(async () => undefined, `Requests in ${environment.name} are held.`);
  }
  return (
    <FormDialog
      form={form}
      onSubmit={send}
      onClose={onClose}
      title={`Pause traffic in ${environment.name}`}
      description="Requests wait and are answered afterwards: users see a page that takes longer. What is being answered goes on. The time ends by itself, whatever happens."
      submitLabel={`Pause ${environment.slug} for ${seconds} s`}
    >
      <Field label="For at most" hint="You can let them go before that.">
        <Select
          options={pauseChoices.map((choice) => ({ value: String(choice), label: `${choice} seconds` }))}
          value={seconds}
          onValueChange={(value) => form.setValue("seconds", value)}
        />
      </Field>
    </FormDialog>
  );
}
