"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { type ReactNode, useId } from "react";
import { useForm } from "react-hook-form";
import { toast } from "sonner";
import { fieldRule } from "#components/field-rule.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Code } from "#components/ui/code-block.tsx";
import { Form, showFormError } from "#components/ui/form.tsx";
import { TextField } from "#components/ui/form-fields.tsx";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import { workerLabelSchema } from "#server/domain/worker-label.ts";

type WorkerLabelFormProps = { slug: string; view: ServiceEnvironmentView; refusal: string | null };

const labelRule = fieldRule(workerLabelSchema);

/** Which workers take what is deployed in one environment: those with a label, or any. */
export function WorkerLabelForm({ slug, view, refusal }: WorkerLabelFormProps) {
  const { environment, workerLabel } = view;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const listId = useId();
  const known = useKnownLabels();
  const set = useMutation(trpc.services.setWorkerLabel.mutationOptions());
  const form = useForm<{ workerLabel: string }>({ values: { workerLabel: workerLabel ?? "" } });
  async function send(values: { workerLabel: string }) {
    const wanted = values.workerLabel.trim() || null;
    try {
      await set.mutateAsync({ slug, environmentSlug: environment.slug, workerLabel: wanted });
      await queryClient.invalidateQueries(trpc.services.get.queryFilter({ slug }));
    } catch (error) {
      return showFormError(form, requestProblem(error));
    }
    const who = wanted === null ? "Any worker takes" : `Only workers with the label ${wanted} take`;
    toast.success(`Saved. ${who} deployments to ${environment.name}.`);
  }
  return (
    <Form
      form={form}
      onSubmit={send}
      aria-label={`Workers for ${environment.name}`}
      footer={
        <Button
          type="submit"
          loading={set.isPending}
          refusal={refusal ?? (form.formState.isDirty ? null : "Nothing has changed.")}
        >
          Save the label for {environment.name}
        </Button>
      }
    >
      <TextField
        form={form}
        name="workerLabel"
        label={`Label for ${environment.name}`}
        optional
        mono
        list={listId}
        placeholder="any worker"
        disabled={refusal !== null}
        hint={<Hint workerLabel={workerLabel} known={known} />}
        rules={{ validate: (value) => value.trim() === "" || labelRule(value) }}
      />
      <datalist id={listId}>
        {known?.map((label) => (
          <option key={label} value={label} />
        ))}
      </datalist>
    </Form>
  );
}

/** The labels of workers that are alive; undefined until they are known. */
function useKnownLabels(): string[] | undefined {
  const trpc = useTRPC();
  const { data } = useQuery(trpc.workers.list.queryOptions());
  if (data === undefined) return undefined;
  const labels = data.workers.flatMap((worker) => (worker.isAlive ? worker.labels : []));
  return [...new Set(labels)].sort();
}

type HintProps = { workerLabel: string | null; known: string[] | undefined };

function Hint({ workerLabel, known }: HintProps): ReactNode {
  if (known === undefined) return "Looking at the workers.";
  if (workerLabel !== null && !known.includes(workerLabel)) {
    return (
      <>
        No worker with the label <Code>{workerLabel}</Code> is alive, so deployments wait.{" "}
        <KnownLabels known={known} />
      </>
    );
  }
  return <KnownLabels known={known} />;
}

function KnownLabels({ known }: { known: string[] }) {
  if (known.length === 0) return "No worker that is alive has a label.";
  return (
    <>
      Workers that are alive have{" "}
      {known.map((label, index) => (
        <span key={label}>
          {index > 0 && ", "}
          <Code>{label}</Code>
        </span>
      ))}
      .
    </>
  );
}
