import { z } from "zod";

/** Text that can be stored and handed to programs: no NUL, and no half of a surrogate pair. */
export function isWellFormedText(text: string): boolean {
  return !text.includes("\0") && text.isWellFormed();
}

export const wellFormedText = z
  .string()
  .refine(isWellFormedText, "There is a character in it that is not text (a NUL, or half of a pair).");
