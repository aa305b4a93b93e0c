import { teamContactSchema, teamNameSchema } from "#server/domain/team.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { parseField } from "#server/kernel/parse-field.ts";

export interface TeamInput {
  name: string;
  contact: string | null;
}

/** Checks the fields one after another; ValidationError names the first that is wrong. */
export function parseTeam(input: TeamInput): TeamInput {
  return {
    name: parseField("name", teamNameSchema, input.name),
    contact: parseField("contact", teamContactSchema, input.contact),
  };
}

export function nameTaken(name: string): ValidationError {
  return new ValidationError(`There is a team ${name} already. Choose another name.`, "name");
}
