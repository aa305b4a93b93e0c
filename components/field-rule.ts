import type { z } from "zod";

/** A rule of the domain as a form wants it: true, or the first thing that is wrong. */
export function fieldRule(schema: z.ZodType<unknown>): (value: unknown) => true | string {
  return (value) => {
    const result = schema.safeParse(value);
    return result.success || (result.error.issues[0]?.message ?? "This is not valid.");
  };
}
