"use client";
import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import type { FieldPath, FieldValues, RegisterOptions, UseFormReturn } from "react-hook-form";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";

export type PasswordFieldProps<Values extends FieldValues> = {
  form: UseFormReturn<Values>;
  name: FieldPath<Values>;
  label?: string;
  hint?: string;
  autoComplete: "current-password" | "new-password";
  rules?: RegisterOptions<Values, FieldPath<Values>>;
};

/** Takes what a password manager pastes, and can be read back before it is sent. */
export function PasswordField<Values extends FieldValues>(props: PasswordFieldProps<Values>) {
  const { form, name, label = "Password", hint, autoComplete, rules } = props;
  const [isShown, setShown] = useState(false);
  const error = form.getFieldState(name, form.formState).error?.message;
  const what = label.toLowerCase();
  return (
    <Field label={label} hint={hint} error={error}>
      <span className="relative flex">
        <Input
          type={isShown ? "text" : "password"}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          className="pr-10"
          {...form.register(name, rules)}
        />
        <IconButton
          size="small"
          label={isShown ? `Hide the ${what}` : `Show the ${what}`}
          icon={isShown ? <EyeOff /> : <Eye />}
          onClick={() => setShown(!isShown)}
          className="absolute! inset-y-0 right-1 my-auto"
        />
      </span>
    </Field>
  );
}
