"use client";
import { Controller, type FieldPath, type FieldValues, type UseFormReturn } from "react-hook-form";
import { Checkbox, type CheckboxProps } from "./checkbox.tsx";
import { Field, type FieldProps } from "./field.tsx";
import { Input, type InputProps } from "./input.tsx";
import { Select, type SelectProps } from "./select.tsx";
import { Textarea, type TextareaProps } from "./textarea.tsx";

type Bound<Values extends FieldValues> = { form: UseFormReturn<Values>; name: FieldPath<Values> };
type Described = Pick<FieldProps, "label" | "hint" | "optional">;

/** What react-hook-form holds against this field, in words. */
function errorOf<Values extends FieldValues>({ form, name }: Bound<Values>): string | null {
  return form.getFieldState(name, form.formState).error?.message ?? null;
}

export function TextField<Values extends FieldValues>(
  props: Bound<Values> & Described & Omit<InputProps, "form" | "name" | "value" | "defaultValue">,
) {
  const { form, name, label, hint, optional, ...input } = props;
  return (
    <Field label={label} hint={hint} optional={optional} error={errorOf({ form, name })}>
      <Input autoComplete="off" spellCheck={false} {...input} {...form.register(name)} />
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

export function SelectField<Values extends FieldValues, Value extends string>(
  props: Bound<Values> & Described & Pick<SelectProps<Value>, "options" | "placeholder" | "disabled">,
) {
  const { form, name, label, hint, optional, ...select } = props;
  return (
    <Field label={label} hint={hint} optional={optional} error={errorOf({ form, name })}>
      <Controller
        control={form.control}
        name={name}
        render={({ field }) => (
          <Select {...select} value={field.value} onValueChange={field.onChange} onBlur={field.onBlur} />
        )}
      />
    </Field>
  );
}

export function CheckboxField<Values extends FieldValues>(
  props: Bound<Values> & Pick<CheckboxProps, "label" | "hint" | "disabled">,
) {
  const { form, name, ...checkbox } = props;
  return (
    <Controller
      control={form.control}
      name={name}
      render={({ field }) => (
        <Checkbox {...checkbox} checked={field.value === true} onCheckedChange={field.onChange} />
      )}
    />
  );
}
