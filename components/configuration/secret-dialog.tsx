"use client";
import { useState } from "react";
import { Button } from "#components/ui/button.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { nameProblem, secretProblem } from "#server/domain/configuration.ts";
import { NamedValueDialog, type NamedValueForm } from "./named-value-dialog.tsx";
import type { Draft } from "./use-draft.ts";

type SecretDialogProps = {
  /** Empty for a new one. */
  name: string;
  draft: Draft;
  onClose: () => void;
};

/** One secret with its value: into the draft, and no further. */
export function SecretDialog({ name, draft, onClose }: SecretDialogProps) {
  const isNew = name === "";
  const hint = (typed: string) =>
    Object.hasOwn(draft.content.variables, typed)
      ? `${typed} is a plain variable: it becomes a secret, and its plain value is taken out.`
      : "Letters, digits and underscores, such as DATABASE_URL.";
  return (
    <NamedValueDialog
      name={name}
      title={isNew ? "Set a secret" : `Replace ${name}`}
      submitLabel={(typed) => (isNew ? `Set ${typed === "" ? "the secret" : typed}` : `Replace ${name}`)}
      nameHint={hint}
      nameProblem={(given) => problemOfNew(given, draft)}
      onPut={draft.setSecret}
      onClose={onClose}
    >
      {(form) => <SecretValue form={form} />}
    </NamedValueDialog>
  );
}

const kept =
  "Nobody can read it again: it is sealed, and hidden in what the service prints. Fewer than four characters cannot be hidden.";

function SecretValue({ form }: { form: NamedValueForm }) {
  const [isLong, setIsLong] = useState(false);
  const value = form.register("value", { validate: (text) => secretProblem(text) ?? true });
  return (
    <>
      <Field label="Value" hint={kept} error={form.formState.errors.value?.message}>
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
    </>
  );
}

function problemOfNew(name: string, { content }: Draft): string | null {
  const isTaken = Object.hasOwn(content.secrets, name);
  return nameProblem(name) ?? (isTaken ? `${name} is set already: replace it in the list.` : null);
}
