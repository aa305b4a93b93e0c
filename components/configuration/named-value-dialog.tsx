"use client";
import type { ReactNode } from "react";
import { type UseFormReturn, useForm } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { FormDialog } from "#components/ui/form-dialog.tsx";
import { Input } from "#components/ui/input.tsx";

type NamedValue = { name: string; value: string };
export type NamedValueForm = UseFormReturn<NamedValue>;

type NamedValueDialogProps = {
  /** Empty for a new one, whose name is asked for. */
  name: string;
  /** What the value is before. */
  value?: string;
  title: string;
  submitLabel: (typedName: string) => string;
  nameHint: (typedName: string) => string;
  nameProblem: (name: string) => string | null;
  onPut: (name: string, value: string) => void;
  onClose: () => void;
  /** The field of the value. */
  children: (form: NamedValueForm) => ReactNode;
};

/** One name with its value: into the draft, and no further. */
export function NamedValueDialog(props: NamedValueDialogProps) {
  const { name, value = "", title, submitLabel, nameHint, nameProblem, onPut, onClose, children } = props;
  const form = useForm<NamedValue>({ defaultValues: { name, value } });
  const { errors } = form.formState;
  const typed = form.watch("name").trim();
  async function put(values: NamedValue) {
    onPut(values.name.trim(), values.value);
    onClose();
  }
  return (
    <FormDialog
      form={form}
      onSubmit={put}
      onClose={onClose}
      title={title}
      description="It stands in the list first. Nothing runs with it before you deploy the configuration."
      submitLabel={submitLabel(typed)}
    >
      {name === "" && (
        <Field label="Name" hint={nameHint(typed)} error={errors.name?.message}>
          <Input
            mono
            autoComplete="off"
            spellCheck={false}
            {...form.register("name", { validate: (text) => nameProblem(text.trim()) ?? true })}
          />
        </Field>
      )}
      {children(form)}
    </FormDialog>
  );
}
