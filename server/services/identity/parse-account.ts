import type { z } from "zod";
import { emailSchema, passwordSchema, personNameSchema } from "#server/domain/account.ts";
import { ValidationError } from "#server/kernel/errors.ts";

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

function parseField(field: string, schema: z.ZodType<string>, value: string): string {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ValidationError(result.error.issues[0]?.message ?? "This is not valid.", field);
}
