"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Download, Plus } from "lucide-react";
import { useFieldArray, useForm } from "react-hook-form";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { buttonClass } from "#components/ui/button-class.ts";
import { CopyButton } from "#components/ui/copy-button.tsx";
import { FormError, showFormError } from "#components/ui/form.tsx";
import { TextareaField } from "#components/ui/form-fields.tsx";
import { Section } from "#components/ui/section.tsx";
import { useAct } from "#components/use-act.ts";
import type { IncidentPage } from "#server/api/types.ts";
import type { WriteUp } from "#server/domain/write-up.ts";
import { writeUpMarkdown } from "#server/domain/write-up.ts";
import { WriteUpAction } from "./write-up-action.tsx";
import { nobody } from "./write-up-owner.ts";

export type WriteUpValues = Pick<WriteUp, "whatHappened" | "whatHelped" | "whatWeChange"> & {
  actions: { text: string; owner: string; dueOn: string; isDone: boolean }[];
};

/** A short review, drafted from the timeline: what happened, what helped, what we change. */
export function WriteUpForm({ page }: { page: IncidentPage }) {
  const { incident, writeUp, draft, events } = page;
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  const members = useQuery(trpc.members.list.queryOptions());
  const act = useAct(trpc.incidents.pathKey());
  const save = useMutation(trpc.incidents.saveWriteUp.mutationOptions());
  const form = useForm<WriteUpValues>({ defaultValues: valuesOf(writeUp, draft) });
  const actions = useFieldArray({ control: form.control, name: "actions" });
  const mayWrite = session.data?.may.deploy === true;
  async function send(values: WriteUpValues) {
    try {
      await save.mutateAsync({ incidentId: incident.id, ...values, actions: values.actions.map(actionOf) });
    } catch (error) {
      return showFormError(form, requestProblem(error));
    }
    await act(async () => undefined, "It is written up. Thank you.");
  }
  return (
    <Section
      title="Write-up"
      description={
        writeUp === null
          ? "Drafted from the timeline. It stays with the team; what everybody is to read, you publish above."
          : `Written by ${writeUp.writtenByName}. It stays with the team.`
      }
      actions={
        <Exports
          page={page}
          markdown={writeUpMarkdown(incident, events, writeUp ?? { ...draft, actions: [] })}
        />
      }
      className="gap-5"
    >
      <form
        noValidate
        aria-label="Write-up"
        onSubmit={form.handleSubmit(send)}
        className="flex flex-col gap-5"
      >
        <TextareaField form={form} name="whatHappened" label="What happened" readOnly={!mayWrite} />
        <TextareaField form={form} name="whatHelped" label="What helped" readOnly={!mayWrite} />
        <TextareaField
          form={form}
          name="whatWeChange"
          label="What we change"
          hint="In what we build and run; it is never about who did it."
          readOnly={!mayWrite}
        />
        {actions.fields.map((field, place) => (
          <WriteUpAction
            key={field.id}
            form={form}
            place={place}
            members={members.data?.members ?? []}
            onRemove={() => actions.remove(place)}
          />
        ))}
        {mayWrite && (
          <div className="flex flex-wrap gap-2">
            <Button
              icon={<Plus />}
              onClick={() => actions.append({ text: "", owner: nobody, dueOn: "", isDone: false })}
            >
              Add an action
            </Button>
            <Button type="submit" variant="primary" loading={form.formState.isSubmitting}>
              Save the write-up
            </Button>
          </div>
        )}
        <FormError form={form} />
      </form>
    </Section>
  );
}

function Exports({ page: { incident }, markdown }: { page: IncidentPage; markdown: string }) {
  return (
    <>
      <CopyButton text={markdown} label="Copy as Markdown" />
      <a
        className={buttonClass({ size: "small" })}
        download={`incident-${incident.id}.md`}
        href={`data:text/markdown;charset=utf-8,${encodeURIComponent(markdown)}`}
      >
        <Download aria-hidden />
        Download
      </a>
    </>
  );
}

function valuesOf(writeUp: WriteUp | null, draft: IncidentPage["draft"]): WriteUpValues {
  const { whatHappened, whatHelped, whatWeChange } = writeUp ?? draft;
  const actions = (writeUp?.actions ?? []).map(({ text, ownerId, dueOn, isDone }) => ({
    ...{ text, isDone, owner: ownerId === null ? nobody : String(ownerId), dueOn: dueOn ?? "" },
  }));
  return { whatHappened, whatHelped, whatWeChange, actions };
}

function actionOf({ text, owner, dueOn, isDone }: WriteUpValues["actions"][number]) {
  return {
    text,
    isDone,
    ownerId: owner === nobody ? null : Number(owner),
    dueOn: dueOn === "" ? null : dueOn,
  };
}
