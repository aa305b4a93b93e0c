"use client";
import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { nameProblem, reservedNamesText, setValue, valueProblem } from "#server/domain/configuration.ts";
import { NamedValueDialog } from "./named-value-dialog.tsx";
import type { Draft } from "./use-draft.ts";

type VariableDialogProps = {
  /** Empty for a new one. */
  name: string;
  own: Record<string, string>;
  draft: Draft;
  onClose: () => void;
};

/** One plain variable with its value: into the draft, and no further. */
export function VariableDialog({ name, own, draft, onClose }: VariableDialogProps) {
  const isNew = name === "";
  return (
    <NamedValueDialog
      name={name}
      value={setValue(draft.content.variables, name) ?? setValue(own, name) ?? ""}
      title={isNew ? "Add a variable" : `Edit ${name}`}
      submitLabel={(typed) => (isNew ? `Add ${typed === "" ? "the variable" : typed}` : `Set ${name}`)}
      nameHint={() => `Letters, digits and underscores. ${reservedNamesText}`}
      nameProblem={(given) => problemOfNew(given, draft)}
      onPut={(given, value) => draft.change({ variables: { [given]: value } })}
      onClose={onClose}
    >
      {(form) => (
        <Field
          label="Value"
          hint="As instances get it, line breaks included. It is kept as plain text that every engineer can read; for a password, set a secret."
          error={form.formState.errors.value?.message}
        >
          <Textarea
            mono
            rows={2}
            spellCheck={false}
            {...form.register("value", { validate: (text) => valueProblem(text) ?? true })}
          />
        </Field>
      )}
    </NamedValueDialog>
  );
}

function problemOfNew(name: string, { content: { variables, secrets } }: Draft): string | null {
  const problem = nameProblem(name);
  if (problem !== null) return problem;
  if (Object.hasOwn(secrets, name)) return `${name} is a secret: remove that first to set it as plain text.`;
  return Object.hasOwn(variables, name) ? `${name} is set already: edit it in the list.` : null;
}
