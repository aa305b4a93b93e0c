"use client";
import { Checkbox as Base } from "@base-ui/react/checkbox";
import { Field } from "@base-ui/react/field";
import { Check } from "lucide-react";
import type { ReactNode } from "react";

export type CheckboxProps = {
  label: ReactNode;
  hint?: ReactNode;
  checked?: boolean;
  defaultChecked?: boolean;
  onCheckedChange?: (checked: boolean) => void;
  name?: string;
  disabled?: boolean;
};

export function Checkbox({ label, hint, onCheckedChange, ...rest }: CheckboxProps) {
  return (
    <Field.Root disabled={rest.disabled}>
      <Field.Label className="group flex items-start gap-2.5 has-data-disabled:opacity-60">
        <Base.Root
          {...rest}
          onCheckedChange={(checked) => onCheckedChange?.(checked)}
          className="mt-0.75 flex size-4 shrink-0 items-center justify-center rounded bg-surface text-on-accent inset-ring inset-ring-control data-checked:bg-accent data-checked:inset-ring-accent"
        >
          <Base.Indicator>
            <Check className="size-3" strokeWidth={3} />
          </Base.Indicator>
        </Base.Root>
        <span className="flex flex-col">
          <span>{label}</span>
          {hint !== undefined && <span className="text-sm text-muted">{hint}</span>}
        </span>
      </Field.Label>
    </Field.Root>
  );
}
