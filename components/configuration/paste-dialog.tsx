"use client";
import { useForm } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { configurationProblem } from "#server/domain/configuration.ts";
import { parseVariablesText } from "#server/domain/variables-text.ts";
import type { Draft } from "./use-draft.ts";

type Values = { text: string };

/** Many variables at once, as the text of a .env file: into the draft, over those of the same name. */
export function PasteDialog({ draft, onClose }: { draft: Draft; onClose: () => void }) {
  const form = useForm<Values>({ defaultValues: { text: "" } });
  const read = parseVariablesText(form.watch("text"));
  const count = read.ok ? Object.keys(read.variables).length : 0;
  async function put({ text }: Values) {
    const parsed = parseVariablesText(text);
    if (parsed.ok) draft.change({ variables: parsed.variables });
    onClose();
  }
  return (
    <FormDialog
      form={form}
      onSubmit={put}
      onClose={onClose}
      size="medium"
      title="Paste .env text"
      description="Each NAME=value takes the place of what is set here under that name; other variables stay."
      submitLabel={count === 1 ? "Set 1 variable" : `Set ${count} variables`}
    >
      <Field label="Text" error={form.formState.errors.text?.message}>
        <Textarea
          mono
          rows={8}
          spellCheck={false}
          placeholder={'LOG_LEVEL=info\nGREETING="Good morning"\n# a comment'}
          {...form.register("text", { validate: (text) => problemOf(text, draft) ?? true })}
        />
      </Field>
    </FormDialog>
  );
}

function problemOf(text: string, draft: Draft): string | null {
  const read = parseVariablesText(text);
  if (!read.ok) return `Line ${read.line}: ${read.problem}`;
  if (Object.keys(read.variables).length === 0) return "There is no NAME=value in it.";
  const problem = configurationProblem(draft.content, { variables: read.variables });
  if (problem === null) return null;
  const name = problem.field.replace(/^variables\.?/, "");
  return name === "" ? problem.message : `${name}: ${problem.message}`;
}
