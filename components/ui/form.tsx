"use client";
import type { ReactNode } from "react";
import type { FieldPath, FieldValues, UseFormReturn } from "react-hook-form";
import { Callout } from "./callout.tsx";
import { TextWithCode } from "./text-with-code.tsx";

export type FormProps<Values extends FieldValues> = {
  form: UseFormReturn<Values>;
  onSubmit: (values: Values) => Promise<void> | void;
  children: ReactNode;
  /** The buttons. */
  footer: ReactNode;
  "aria-label"?: string;
};

/** Sends once, puts the focus on the first wrong field, and says what concerns the whole form above the buttons. */
export function Form<Values extends FieldValues>(props: FormProps<Values>) {
  const { form, onSubmit, children, footer } = props;
  return (
    <form
      noValidate
      aria-label={props["aria-label"]}
      onSubmit={form.handleSubmit((values) => onSubmit(values))}
      className="flex flex-col gap-5"
    >
      {children}
      <FormError form={form} />
      <div className="flex flex-wrap items-center gap-2">{footer}</div>
    </form>
  );
}

/** What concerns the whole form. */
export function FormError<Values extends FieldValues>({ form }: { form: UseFormReturn<Values> }) {
  const message = form.formState.errors.root?.message;
  if (message === undefined) return null;
  return (
    <Callout tone="failed" role="alert">
      <TextWithCode>{message}</TextWithCode>
    </Callout>
  );
}

/**
 * Puts an answer's complaint beside its field (`field` as the server names it, e.g. `repositoryUrl`) and the focus
 * there; above the buttons where the form has no such field.
 */
export function showFormError<Values extends FieldValues>(
  form: UseFormReturn<Values>,
  problem: { message: string; field?: string | null },
): void {
  const name = problem.field ?? "";
  if (name !== "" && name in form.getValues()) {
    form.setError(
      name as FieldPath<Values>,
      { type: "server", message: problem.message },
      { shouldFocus: true },
    );
  } else {
    form.setError("root", { type: "server", message: problem.message });
  }
}
