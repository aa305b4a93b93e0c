import { z } from "zod";

/** Where a share of a service environment's safe requests is copied to, and without which headers. */
export const mirrorSchema = z.strictObject({
  toServiceEnvironmentId: z.int(),
  /** 0 to 1. */
  share: z.number().min(0).max(1),
  /** Lower case names of headers that are left out of the copy. */
  strip: z.array(z.string()),
});
export type Mirror = z.output<typeof mirrorSchema>;
