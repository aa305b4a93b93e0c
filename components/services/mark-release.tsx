"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useForm } from "react-hook-form";
import { fieldRule } from "#components/field-rule.ts";
import { readsOnly } from "#components/identity/role-words.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { showFormError } from "#components/ui/form.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { useAct } from "#components/use-act.ts";
import { badReasonSchema } from "#server/domain/bad-release.ts";

export type MarkReleaseProps = { slug: string; releaseNumber: number };

/** Says what a release does wrong: from then on no machine deploys it, and the way back is kept. */
export function MarkBadDialog({ slug, releaseNumber, onClose }: MarkReleaseProps & { onClose: () => void }) {
  const trpc = useTRPC();
  const mark = useMutation(trpc.services.markRelease.mutationOptions());
  const act = useAct(trpc.services.pathKey(), trpc.deployments.pathKey());
  const form = useForm({ defaultValues: { badReason: "" } });
  async function send({ badReason }: { badReason: string }) {
    try {
      await mark.mutateAsync({ slug, releaseNumber, badReason });
    } catch (error) {
      return showFormError(form, requestProblem(error));
    }
    onClose();
    await act(async () => undefined, `#${releaseNumber} is marked as bad.`);
  }
  return (
    <FormDialog
      form={form}
      onSubmit={send}
      onClose={onClose}
      title={`Mark #${releaseNumber} as bad`}
      description="No machine deploys it again; a person can, saying why. Where it is live, the last good release stays warm until a fix has taken over."
      submitLabel={`Mark #${releaseNumber} as bad`}
    >
      <Field
        label="What is wrong with it?"
        hint="What users notice. It is about the release, not about who made it."
        error={form.formState.errors.badReason?.message}
      >
        <Textarea rows={2} {...form.register("badReason", { validate: fieldRule(badReasonSchema) })} />
      </Field>
    </FormDialog>
  );
}

/** Why this person cannot mark releases; null where they can. */
export function useMarkRefusal(): string | null {
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  return session.data?.may.deploy === false ? readsOnly : null;
}

/** Takes the mark away again. */
export function useClearBadMark({ slug, releaseNumber }: MarkReleaseProps) {
  const trpc = useTRPC();
  const act = useAct(trpc.services.pathKey(), trpc.deployments.pathKey());
  const mark = useMutation(trpc.services.markRelease.mutationOptions());
  const clear = () =>
    void act(
      () => mark.mutateAsync({ slug, releaseNumber, badReason: null }),
      `#${releaseNumber} is not marked as bad any more.`,
    );
  return { clear, isPending: mark.isPending };
}

export function ClearBadMark(release: MarkReleaseProps) {
  const { clear, isPending } = useClearBadMark(release);
  const refusal = useMarkRefusal();
  return (
    <Button size="small" loading={isPending} refusal={refusal} onClick={clear}>
      Take the bad mark off #{release.releaseNumber}
    </Button>
  );
}
