"use client";
import { Field } from "@base-ui/react/field";
import { Switch as Base } from "@base-ui/react/switch";
import type { ReactNode } from "react";

export type SwitchProps = {
  label: ReactNode;
  hint?: ReactNode;
  checked?: boolean;
  defaultChecked?: boolean;
  onCheckedChange?: (checked: boolean) => void;
  name?: string;
  disabled?: boolean;
};

/** For a setting that takes effect at once; in a form that is saved, use a checkbox. */
export function Switch({ label, hint, onCheckedChange, ...rest }: SwitchProps) {
  return (
    <Field.Root disabled={rest.disabled}>
      <Field.Label className="flex items-start justify-between gap-6 has-data-disabled:opacity-60">
        <span className="flex flex-col">
          <span>{label}</span>
          {hint !== undefined && <span className="text-sm text-muted">{hint}</span>}
        </span>
        <Base.Root
          {...rest}
          onCheckedChange={(checked) => onCheckedChange?.(checked)}
          className="mt-0.5 flex h-5 w-9 shrink-0 rounded-full bg-control p-0.5 transition-colors duration-150 data-checked:bg-accent"
        >
          <Base.Thumb className="size-4 rounded-full bg-surface transition-transform duration-150 data-checked:translate-x-4" />
        </Base.Root>
      </Field.Label>
    </Field.Root>
  );
}
