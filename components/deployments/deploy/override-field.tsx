import { Field } from "#components/ui/field.tsx";
import { Textarea } from "#components/ui/textarea.tsx";
import { overrideReasonLength, overrideReasonProblem } from "#server/domain/condition-override.ts";

export type OverrideFieldProps = {
  value: string;
  onChange: (value: string) => void;
  /** What the server has against it. */
  problem: string | null;
};

/** Why to deploy although a condition is not met: nobody is asked, and everybody can read it. */
export function OverrideField({ value, onChange, problem }: OverrideFieldProps) {
  const { least, most } = overrideReasonLength;
  const isTooShort = value.trim().length < least;
  return (
    <Field
      label="Why deploy all the same?"
      hint={`${least} to ${most} characters, kept with the deployment for everybody here to read. Nobody has to agree.`}
      error={problem ?? (isTooShort ? null : overrideReasonProblem(value))}
    >
      <Textarea rows={2} value={value} onChange={(event) => onChange(event.target.value)} />
    </Field>
  );
}
