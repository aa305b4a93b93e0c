"use client";
import { useState } from "react";
import { useForm } from "react-hook-form";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { nameProblem, secretProblem } from "#server/domain/configuration.ts";
import type { Draft } from "./use-draft.ts";

type Values = { name: string; value: string };
type SecretDialogProps = {
  /** Empty for a new one. */
  name: string;
  draft: Draft;
  onClose: () => void;
};

const kept =
  "Nobody can read it again: it is sealed, and hidden in what the service prints. Fewer than four characters cannot be hidden.";

/** One secret with its value: into the draft, and no further. */
export function SecretDialog({ name, draft, onClose }: SecretDialogProps) {
  const isNew = name === "";
  const [isLong, setIsLong] = useState(false);
  const form = useForm<Values>({ defaultValues: { name, value: "" } });
  const { errors } = form.formState;
  const typed = form.watch("name").trim();
  const isPlain = Object.hasOwn(draft.content.variables, typed);
  const value = form.register("value", { validate: (text) => secretProblem(text) ?? true });
  async function put(values: Values) {
    draft.setSecret(values.name.trim(), values.value);
    onClose();
  }
  return (
    <FormDialog
      form={form}
      onSubmit={put}
      onClose={onClose}
      title={isNew ? "Set a secret" : `Replace ${name}`}
      description="It stands in the list first. Nothing runs with it before you deploy the configuration."
      submitLabel={isNew ? `Set ${typed === "" ? "the secret" : typed}` : `Replace ${name}`}
    >
      {isNew && (
        <Field
          label="Name"
          hint={
            isPlain
              ? `${typed} is a plain variable: it becomes a secret, and its plain value is taken out.`
              : "Letters, digits and underscores, such as DATABASE_URL."
          }
          error={errors.name?.message}
        >
          <Input
            mono
            autoComplete="off"
            spellCheck={false}
            {...form.register("name", { validate: (text) => problemOfNew(text.trim(), draft) ?? true })}
          />
        </Field>
      )}
      <Field label="Value" hint={kept} error={errors.value?.message}>
        {isLong ? (
          <Textarea mono rows={5} spellCheck={false} autoComplete="off" {...value} />
        ) : (
          <Input
            type="password"
            autoComplete="new-password"
            spellCheck={false}
            {...value}
            onPaste={(event) => {
              // A field of one line would drop the line breaks without a word.
              const text = event.clipboardData.getData("text");
              if (!/[\r\n]/.test(text.trimEnd())) return;
              event.preventDefault();
              setIsLong(true);
              form.setValue("value", text);
            }}
          />
        )}
      </Field>
      {!isLong && (
        <div>
          <Button size="small" variant="quiet" onClick={() => setIsLong(true)}>
            Type several lines, such as a key in PEM
          </Button>
        </div>
      )}
    </FormDialog>
  );
}

function problemOfNew(name: string, { content }: Draft): string | null {
  const isTaken = Object.hasOwn(content.secrets, name);
  return nameProblem(name) ?? (isTaken ? `${name} is set already: replace it in the list.` : null);
}
