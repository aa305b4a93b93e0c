"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import type { CanaryView } from "#server/domain/read-models.ts";
import { leastShare, mostShare, percentText } from "#server/domain/shares.ts";

type Values = { share: string; minutes: string };
const minuteMs = 60_000;
const mostMinutes = 7 * 24 * 60;

/** Another share, or another time until all traffic follows. */
export function CanaryForm({
  id,
  canary,
  refusal,
}: {
  id: number;
  canary: CanaryView;
  refusal: string | null;
}) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const change = useMutation(trpc.deployments.changeCanary.mutationOptions());
  const form = useForm<Values>({ defaultValues: { share: percentText(canary.share), minutes: "" } });
  const { share, minutes } = form.watch();
  const isChanged = share.trim() !== percentText(canary.share) || minutes.trim() !== "";
  async function send(values: Values) {
    const isOther = values.share.trim() !== percentText(canary.share);
    try {
      await change.mutateAsync({
        id,
        ...(isOther ? { share: Number(values.share) / 100 } : {}),
        ...(values.minutes.trim() === "" ? {} : { forMs: Number(values.minutes) * minuteMs }),
      });
    } catch (error) {
      return showFormError(form, requestProblem(error));
    }
    toast.success("The canary is changed.");
    form.reset({ share: values.share.trim(), minutes: "" });
    await queryClient.invalidateQueries(trpc.deployments.canary.queryFilter({ id }));
  }
  return (
    <Form
      form={form}
      onSubmit={send}
      aria-label="Change the canary"
      footer={
        <Button
          type="submit"
          loading={change.isPending}
          refusal={refusal ?? (isChanged ? null : "Nothing has changed.")}
        >
          Change the canary
        </Button>
      }
    >
      <div className="grid gap-5 sm:grid-cols-2">
        <TextField
          form={form}
          name="share"
          label="Share in %"
          inputMode="decimal"
          rules={{ validate: (text) => shareProblem(Number(text.trim() === "" ? "x" : text) / 100) }}
          hint="Applies to the next request, on every router."
        />
        <TextField
          form={form}
          name="minutes"
          label="Minutes from now until all traffic follows"
          optional
          inputMode="numeric"
          rules={{ validate: (text) => text.trim() === "" || minutesProblem(Number(text)) }}
          hint="Left empty, the time stays as it is."
        />
      </div>
    </Form>
  );
}

function shareProblem(share: number): true | string {
  return (share >= leastShare && share <= mostShare) || "Write a share from 1 to 99 per cent.";
}

function minutesProblem(minutes: number): true | string {
  return (minutes > 0 && minutes <= mostMinutes) || "Write minutes, a week of them at the most.";
}
