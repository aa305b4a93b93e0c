"use client";
import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import type { FieldPath, FieldValues, RegisterOptions, UseFormReturn } from "react-hook-form";
import { fieldRule } from "#components/field-rule.ts";
import { Field } from "#components/ui/field.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Input } from "#components/ui/input.tsx";
import { passwordSchema } from "#server/domain/account.ts";

export type PasswordFieldProps<Values extends FieldValues> = {
  form: UseFormReturn<Values>;
  name: FieldPath<Values>;
  label?: string;
  autoComplete: "current-password" | "new-password";
  rules?: RegisterOptions<Values, FieldPath<Values>>;
};

/** What a password that is chosen has to be, and advice: the same wherever one is chosen. */
const newPassword = {
  hint: "At least 10 characters. A few words that have nothing to do with each other are best.",
  validate: fieldRule(passwordSchema),
};

/** Takes what a password manager pastes, and can be read back before it is sent. */
export function PasswordField<Values extends FieldValues>(props: PasswordFieldProps<Values>) {
  const { form, name, label = "Password", autoComplete, rules } = props;
  const isNew = autoComplete === "new-password";
  const [isShown, setShown] = useState(false);
  const error = form.getFieldState(name, form.formState).error?.message;
  const what = label.toLowerCase();
  return (
    <Field label={label} hint={isNew ? newPassword.hint : undefined} error={error}>
      <span className="relative flex">
        <Input
          type={isShown ? "text" : "password"}
          autoComplete={autoComplete}
          autoCapitalize="none"
          spellCheck={false}
          className="pr-10"
          {...form.register(name, isNew ? { validate: newPassword.validate } : rules)}
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
