"use client";
import { type ReactNode, useId } from "react";
import type { FieldValues, UseFormReturn } from "react-hook-form";
import { Button } from "./button.tsx";
import { wrappingClass } from "./button-class.ts";
import { Dialog, type DialogSize } from "./dialog.tsx";
import { FormError } from "./form.tsx";

export type FormDialogProps<Values extends FieldValues> = {
  form: UseFormReturn<Values>;
  onSubmit: (values: Values) => Promise<void>;
  onClose: () => void;
  /** Names the form too. */
  title: string;
  description?: ReactNode;
  /** Names the act and its object. */
  submitLabel: string;
  /** Why it cannot be sent as it is, in words. */
  refusal?: string | null;
  size?: DialogSize;
  children: ReactNode;
};

/** A form above the page. Its button stands below the fields, however many those are. */
export function FormDialog<Values extends FieldValues>(props: FormDialogProps<Values>) {
  const {
    form,
    onSubmit,
    onClose,
    title,
    description,
    submitLabel,
    refusal,
    size = "small",
    children,
  } = props;
  const id = useId();
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size={size}
      title={title}
      description={description}
      footer={
        <>
          <div className="w-full empty:hidden">
            <FormError form={form} />
          </div>
          <Button
            type="submit"
            form={id}
            variant="primary"
            className={wrappingClass}
            loading={form.formState.isSubmitting}
            refusal={refusal}
          >
            {submitLabel}
          </Button>
        </>
      }
    >
      <form
        id={id}
        noValidate
        aria-label={title}
        onSubmit={form.handleSubmit((values) => onSubmit(values))}
        className="flex flex-col gap-5"
      >
        {children}
      </form>
    </Dialog>
  );
}
