import { z } from "zod";

/**
 * Length, and not being guessed first (`passwordWeakness`): rules about signs and digits make passwords worse, and
 * pasting from a manager must work.
 */
export const passwordSchema = z
  .string()
  .min(10, "A password has at least 10 characters.")
  .max(200, "A password has at most 200 characters.");

export const emailSchema = z
  .email("Write an e-mail address, such as ada@example.org.")
  .max(254, "An e-mail address has at most 254 characters.")
  .transform((email) => email.toLowerCase());

export const personNameSchema = z
  .string()
  .trim()
  .min(1, "A name is needed.")
  .max(100, "A name has at most 100 characters.");
