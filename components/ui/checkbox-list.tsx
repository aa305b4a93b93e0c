"use client";
import { CircleAlert } from "lucide-react";
import { type ReactNode, useId } from "react";

export type CheckboxListProps<Value extends string> = {
  label: ReactNode;
  options: readonly { value: Value; label: ReactNode; hint?: ReactNode }[];
  chosen: readonly Value[];
  onChange: (chosen: Value[]) => void;
  error?: string | null;
};

/** Some of several, for a form that is sent. */
export function CheckboxList<Value extends string>(props: CheckboxListProps<Value>) {
  const { label, options, chosen, onChange, error } = props;
  const errorId = useId();
  const isInvalid = error !== undefined && error !== null;
  const toggle = (value: Value, isChosen: boolean) =>
    onChange(isChosen ? [...chosen, value] : chosen.filter((other) => other !== value));
  return (
    <fieldset aria-describedby={isInvalid ? errorId : undefined} className="flex min-w-0 flex-col gap-1.5">
      <legend className="mb-1.5 font-medium">{label}</legend>
      {options.map((option) => (
        <label key={option.value} className="flex items-start gap-2.5 py-0.5 max-sm:py-1.5">
          <input
            type="checkbox"
            checked={chosen.includes(option.value)}
            onChange={(event) => toggle(option.value, event.target.checked)}
            aria-invalid={isInvalid ? true : undefined}
            className="mt-0.75 size-4 shrink-0 accent-accent"
          />
          <span className="flex min-w-0 flex-col">
            <span className="wrap-anywhere">{option.label}</span>
            {option.hint !== undefined && <span className="text-muted text-sm">{option.hint}</span>}
          </span>
        </label>
      ))}
      {isInvalid && (
        <p id={errorId} role="alert" className="flex items-start gap-1.5 text-failed text-sm">
          <CircleAlert aria-hidden className="mt-0.75 size-3.5 shrink-0" />
          {error}
        </p>
      )}
    </fieldset>
  );
}
