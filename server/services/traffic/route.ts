/**
 * Traffic: where requests of a service environment go. This room owns the pointer row (what is live), the routers
 * that read it, and what each router has acknowledged. Nothing else knows or moves what is live. Moving the pointer and
 * forgetting a router are audited; that routers come, beat and acknowledge is no change that anybody decided.
 */
import { z } from "zod";
import { mirrorSchema } from "#server/domain/mirror.ts";
import { poolColors } from "#server/domain/pools.ts";
import { stickySchema } from "#server/domain/shares.ts";

const instanceAddresses = z.array(z.object({ host: z.string(), port: z.int() })).default([]);

export const routeSchema = z.object({
  serviceEnvironmentId: z.int(),
  serviceSlug: z.string(),
  environmentSlug: z.string(),
  generation: z.int(),
  livePool: z.enum(poolColors).nullable(),
  candidatePool: z.enum(poolColors).nullable(),
  /** Share of requests for the candidate pool, 0 to 1. */
  candidateShare: z.number(),
  candidateSticky: stickySchema.nullable().default(null),
  /** Requests are held until this moment, in Unix milliseconds by the database's clock. */
  heldUntilMs: z.number().nullable().default(null),
  /** What upgraded connections and event streams are open then to a pool without traffic are closed; like `heldUntilMs`. */
  drainUntilMs: z.number().nullable().default(null),
  /** One that this version does not know is none: requests go on, copies wait for an update. */
  mirror: mirrorSchema.nullable().catch(null),
  /** Somebody watches what is live, or is about to be: requests are counted by the second. */
  isWatched: z.boolean().default(false),
  /** Which release stands in which pool. */
  releases: z
    .object({ blue: z.int().nullable(), green: z.int().nullable(), violet: z.int().nullable() })
    .default({ blue: null, green: null, violet: null }),
  /** What is live does not run behind routers. */
  isElsewhere: z.boolean().default(false),
  /** The pools that stand ready, with the deployments that took them last. */
  ready: z.array(z.object({ color: z.enum(poolColors), deploymentId: z.int().nullable() })).default([]),
  /** Healthy instances only. */
  pools: z.object({ blue: instanceAddresses, green: instanceAddresses, violet: instanceAddresses }),
});

/** All that a router must know of one service environment. */
export type Route = z.output<typeof routeSchema>;
