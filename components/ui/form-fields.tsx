"use client";
import type { FieldPath, FieldValues, RegisterOptions, UseFormReturn } from "react-hook-form";
import { Field, type FieldProps } from "./field.tsx";
import { Input, type InputProps } from "./input.tsx";
import { Textarea, type TextareaProps } from "./textarea.tsx";

type Bound<Values extends FieldValues> = { form: UseFormReturn<Values>; name: FieldPath<Values> };
type Described = Pick<FieldProps, "label" | "hint" | "optional">;

/** What react-hook-form holds against this field, in words. */
function errorOf<Values extends FieldValues>({ form, name }: Bound<Values>): string | null {
  return form.getFieldState(name, form.formState).error?.message ?? null;
}

export function TextField<Values extends FieldValues>(
  props: Bound<Values> &
    Described &
    Omit<InputProps, "form" | "name" | "value" | "defaultValue"> & {
      rules?: RegisterOptions<Values, FieldPath<Values>>;
    },
) {
  const { form, name, label, hint, optional, rules, ...input } = props;
  return (
    <Field label={label} hint={hint} optional={optional} error={errorOf({ form, name })}>
      <Input autoComplete="off" spellCheck={false} {...input} {...form.register(name, rules)} />
    </Field>
  );
}

export function TextareaField<Values extends FieldValues>(
  props: Bound<Values> & Described & Omit<TextareaProps, "form" | "name" | "value" | "defaultValue">,
) {
  const { form, name, label, hint, optional, ...textarea } = props;
  return (
    <Field label={label} hint={hint} optional={optional} error={errorOf({ form, name })}>
      <Textarea {...textarea} {...form.register(name)} />
    </Field>
  );
}
