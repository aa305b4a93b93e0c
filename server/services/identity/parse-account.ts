import { emailSchema, passwordSchema, personNameSchema } from "#server/domain/account.ts";
import { passwordWeakness } from "#server/domain/weak-passwords.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { parseField } from "#server/kernel/parse-field.ts";

export interface AccountInput {
  name: string;
  email: string;
  password: string;
}

/** Checks the fields one after another; ValidationError names the first that is wrong. */
export function parseAccount(input: AccountInput): AccountInput {
  const name = parseName(input.name);
  const email = parseEmail(input.email);
  return { name, email, password: parsePassword(input.password, { name, email }) };
}

export function parseName(value: string): string {
  return parseField("name", personNameSchema, value);
}

export function parseEmail(value: string): string {
  return parseField("email", emailSchema, value);
}

/** Long enough, and not one that is guessed first. */
export function parsePassword(value: string, owner: { name: string; email: string }): string {
  const password = parseField("password", passwordSchema, value);
  const weakness = passwordWeakness(password, owner);
  if (weakness !== null) throw new ValidationError(weakness, "password");
  return password;
}
