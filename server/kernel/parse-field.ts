import type { z } from "zod";
import { ValidationError } from "./errors.ts";

/** ValidationError at this field, with the first thing that is wrong. */
export function parseField<Output>(field: string, schema: z.ZodType<Output>, value: unknown): Output {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ValidationError(result.error.issues[0]?.message ?? "This is not valid.", field);
}
