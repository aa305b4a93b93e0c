"use client";
import { useForm } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { nameProblem, setValue, valueProblem } from "#server/domain/configuration.ts";
import type { Draft } from "./use-draft.ts";

type Values = { name: string; value: string };
type VariableDialogProps = {
  /** Empty for a new one. */
  name: string;
  own: Record<string, string>;
  draft: Draft;
  onClose: () => void;
};

/** One name with its value: into the draft, and no further. */
export function VariableDialog({ name, own, draft, onClose }: VariableDialogProps) {
  const { variables, secrets } = draft.content;
  const isNew = name === "";
  const before = setValue(variables, name) ?? setValue(own, name) ?? "";
  const form = useForm<Values>({ defaultValues: { name, value: before } });
  const { errors } = form.formState;
  const typed = form.watch("name").trim();
  async function put(values: Values) {
    draft.change({ variables: { [values.name.trim()]: values.value } });
    onClose();
  }
  return (
    <FormDialog
      form={form}
      onSubmit={put}
      onClose={onClose}
      title={isNew ? "Add a variable" : `Edit ${name}`}
      description="It stands in the list first. Nothing runs with it before you deploy the configuration."
      submitLabel={isNew ? `Add ${typed === "" ? "the variable" : typed}` : `Set ${name}`}
    >
      {isNew && (
        <Field
          label="Name"
          hint="Letters, digits and underscores. PORT, HOST, ANYTIME_… and OTEL_… are set by the portal."
          error={errors.name?.message}
        >
          <Input
            mono
            autoComplete="off"
            spellCheck={false}
            {...form.register("name", {
              validate: (text) => problemOfNew(text.trim(), variables, secrets) ?? true,
            })}
          />
        </Field>
      )}
      <Field
        label="Value"
        hint="As instances get it, line breaks included. It is kept as plain text that every engineer can read; for a password, set a secret."
        error={errors.value?.message}
      >
        <Textarea
          mono
          rows={2}
          spellCheck={false}
          {...form.register("value", { validate: (text) => valueProblem(text) ?? true })}
        />
      </Field>
    </FormDialog>
  );
}

function problemOfNew(
  name: string,
  variables: Record<string, string>,
  secrets: Record<string, number>,
): string | null {
  const problem = nameProblem(name);
  if (problem !== null) return problem;
  if (Object.hasOwn(secrets, name)) return `${name} is a secret: remove that first to set it as plain text.`;
  return Object.hasOwn(variables, name) ? `${name} is set already: edit it in the list.` : null;
}
