import { z } from "zod";

/** Traffic mirroring: a share of one environment's safe requests goes to another, too, and what comes back to nobody. */

/** Never part of a copy: what one's users may do is not for an environment where anything is tried out. */
export const neverCopied: readonly string[] = ["authorization", "cookie", "proxy-authorization"];

/** On each copy, so that a service can tell. A request that has it is not copied again. */
export const mirroredHeader = "x-anytime-mirrored";

const headerName = z
  .string()
  .regex(/^[!#$%&'*+.^_`|~0-9a-z-]{1,100}$/, "Write names of headers, such as x-api-key.");

/** Where a share of a service environment's safe requests is copied to, and without which headers. */
export const mirrorSchema = z.strictObject({
  toServiceEnvironmentId: z.int(),
  /** More than 0, 1 at the most. */
  share: z
    .number("Write a share in percent.")
    .min(0.001, "The share is 0.1 % at the least.")
    .max(1, "The share is 100 % at the most."),
  /** Lower case names of headers that are left out of the copy, besides those that always are. */
  strip: z.array(headerName).max(50, "Name 50 headers at the most."),
});
export type Mirror = z.output<typeof mirrorSchema>;

/** What became of copies. */
export interface MirrorCounts {
  /** Answered, whatever the answer. */
  answered: number;
  /** Not taken, broken off, or not answered in time. */
  failed: number;
  /** Never sent: nobody was there, it had just failed too often, or was too slow to take more. */
  leftOut: number;
}

export const noCopies: MirrorCounts = { answered: 0, failed: 0, leftOut: 0 };

/** To where a share of an environment's safe requests is copied, for a page. */
export interface MirrorView {
  to: { slug: string; name: string };
  /** 0 to 1. */
  share: number;
  strip: string[];
  /** Of the last minutes. */
  copies: MirrorCounts;
}

/** Over how many minutes pages tell of copies. */
export const mirroredMinutes = 10;

type Place = { slug: string; isProduction: boolean };

/** Why requests of one environment must not go to another; null where they may. */
export function whyNoMirror(from: Place, to: Place): string | null {
  if (from.slug === to.slug) return "An environment cannot mirror its traffic to itself.";
  if (to.isProduction) return "Nothing is mirrored to production: copies are only for trying out.";
  return null;
}
