import { emailSchema, passwordSchema, personNameSchema } from "#server/domain/account.ts";
import { parseField } from "./parse-field.ts";

export interface AccountInput {
  name: string;
  email: string;
  password: string;
}

/** Checks the fields one after another; ValidationError names the first that is wrong. */
export function parseAccount(input: AccountInput): AccountInput {
  return {
    name: parseField("name", personNameSchema, input.name),
    email: parseField("email", emailSchema, input.email),
    password: parseField("password", passwordSchema, input.password),
  };
}
