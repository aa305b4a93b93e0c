import { z } from "zod";

/** A slug is a host name label (RFC 1123, lower case): it becomes part of `<slug>.<environment>.<domain>`. */
export const slugLengthLimit = 40;

export const slugSchema = z
  .string()
  .min(1, "A slug is needed.")
  .max(slugLengthLimit, `A slug has at most ${slugLengthLimit} characters.`)
  .regex(
    /^[a-z0-9](?:[a-z0-9-]*[a-z0-9])?$/,
    "Use lower-case letters, digits and hyphens; begin and end with a letter or digit.",
  )
  .refine((slug) => !slug.includes("--"), "Two hyphens in a row are kept for preview host names.")
  .refine((slug) => !reservedSlugs.has(slug), "This word is taken by the portal itself.");

const reservedSlugs = new Set(["new", "www", "api", "localhost"]);
