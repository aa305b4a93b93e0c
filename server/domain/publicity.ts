import type { Byline } from "./feed.ts";
import { wellFormedText } from "./text.ts";

/** What of a service the public feed may show. */
export interface Publicity {
  isPublic: boolean;
  /** Who is named beside what succeeded. */
  byline: Byline;
  /** Whom readers can talk to, in words; null where nobody is named. */
  contact: string | null;
}

export const publicContactSchema = wellFormedText
  .trim()
  .max(200, "At most 200 characters.")
  .refine(
    (contact) => !/\S@\S/.test(contact),
    "E-mail addresses are never shown in public: name a channel, a form or a page.",
  )
  .transform((contact) => (contact === "" ? null : contact))
  .nullable();
