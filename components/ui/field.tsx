"use client";
import { Field as Base } from "@base-ui/react/field";
import { clsx } from "clsx";
import { CircleAlert } from "lucide-react";
import type { ReactNode } from "react";

export type FieldProps = {
  label: ReactNode;
  hint?: ReactNode;
  /** What is wrong and what to do; shown under the control and read with it. */
  error?: string | null;
  optional?: boolean;
  name?: string;
  /** One `Input`, `Textarea` or `Select`: label, hint and error are wired to it. */
  children: ReactNode;
  className?: string;
};

export function Field({ label, hint, error, optional, name, children, className }: FieldProps) {
  const isInvalid = error !== undefined && error !== null && error !== "";
  return (
    <Base.Root name={name} invalid={isInvalid} className={clsx("flex min-w-0 flex-col gap-1.5", className)}>
      <span className="flex items-baseline justify-between gap-2">
        <Base.Label className="font-medium">{label}</Base.Label>
        {optional === true && <span className="text-sm text-faint">Optional</span>}
      </span>
      {children}
      {isInvalid && (
        <Base.Error match className="flex items-start gap-1.5 text-sm text-failed">
          <CircleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0" />
          <span className="wrap-anywhere">{error}</span>
        </Base.Error>
      )}
      {hint !== undefined && <Base.Description className="text-sm text-muted">{hint}</Base.Description>}
    </Base.Root>
  );
}
