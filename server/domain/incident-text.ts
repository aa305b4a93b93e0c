import { z } from "zod";
import { wellFormedText } from "./text.ts";

/** What people write about an incident. */

export const noteTextSchema = wellFormedText
  .trim()
  .min(1, "Write what you found, or tried.")
  .max(4_000, "A note has at most 4,000 characters.");

export const updateTextSchema = wellFormedText
  .trim()
  .min(10, "Say in a sentence what users notice, and what they can do meanwhile.")
  .max(2_000, "An update has at most 2,000 characters.");

/** What users feel, where somebody reports it. */
export const reportTextSchema = wellFormedText
  .trim()
  .max(200, "Say what users feel in at most 200 characters.");

export const thanksTextSchema = wellFormedText.trim().max(300, "Thanks have at most 300 characters.");

const mostActions = 20;

export const writeUpSchema = z.object({
  whatHappened: part("what happened"),
  whatHelped: part("what helped"),
  whatWeChange: part("what we change"),
  actions: z
    .array(
      z.object({
        text: wellFormedText
          .trim()
          .min(3, "Say what is to be done.")
          .max(300, "An action has at most 300 characters."),
        ownerId: z.int().positive().nullable(),
        dueOn: z.iso.date("Give the day as 2027-01-31.").nullable(),
        isDone: z.boolean(),
      }),
    )
    .max(mostActions, `At most ${mostActions} actions: what is left is work for another day.`),
});

function part(name: string) {
  return wellFormedText.trim().max(10_000, `Keep ${name} to 10,000 characters.`);
}
