import { z } from "zod";

export const teamNameSchema = z
  .string()
  .trim()
  .min(1, "A team needs a name.")
  .max(60, "A team's name has at most 60 characters.");

export const teamContactSchema = z
  .string()
  .trim()
  .max(200, "A contact has at most 200 characters.")
  .transform((text) => (text === "" ? null : text))
  .nullable();
