import { z } from "zod";
import { ValidationError } from "#server/kernel/errors.ts";

const fields = {
  name: z.string().trim().min(1, "A team needs a name.").max(60, "A team's name has at most 60 characters."),
  contact: z
    .string()
    .trim()
    .max(200, "A contact has at most 200 characters.")
    .transform((text) => (text === "" ? null : text))
    .nullable(),
};

/** Checks one field of a team; ValidationError names it. */
export function parseTeamField<Field extends keyof typeof fields>(
  field: Field,
  value: unknown,
): z.output<(typeof fields)[Field]> {
  const result = fields[field].safeParse(value);
  if (result.success) return result.data as z.output<(typeof fields)[Field]>;
  throw new ValidationError(result.error.issues[0]?.message ?? "This is not valid.", field);
}

export function nameTaken(name: string): ValidationError {
  return new ValidationError(`There is a team ${name} already. Choose another name.`, "name");
}
