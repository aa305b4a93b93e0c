import { z } from "zod";

/** A label says what a worker can do that others cannot: `gpu`, `arm64`, `eu-west`. */

const lengthLimit = 40;
/** Of one worker. */
const countLimit = 20;

export const workerLabelSchema = z
  .string()
  .trim()
  .min(1, "A label is needed.")
  .max(lengthLimit, `A label has at most ${lengthLimit} characters.`)
  .regex(
    /^[a-z0-9]+(?:-[a-z0-9]+)*$/,
    "A label has lower-case letters, digits and single hyphens, and begins and ends with a letter or digit.",
  );

/** Separated by commas; what stands there twice counts once. */
export const workerLabelListSchema = z.string().transform((text, { addIssue }) => {
  const labels = [...new Set(text.split(",").flatMap((label) => label.trim() || []))];
  for (const label of labels) {
    const problem = workerLabelSchema.safeParse(label).error?.issues[0]?.message;
    if (problem === undefined) continue;
    addIssue(`\`${label}\` is no label. ${problem.replace(/\.$/, "")}`);
    return z.NEVER;
  }
  if (labels.length <= countLimit) return labels;
  addIssue(`names ${labels.length} labels, and a worker has at most ${countLimit}`);
  return z.NEVER;
});
