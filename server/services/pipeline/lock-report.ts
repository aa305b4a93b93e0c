import { z } from "zod";
import { lockModes, mostLocksStored } from "#server/domain/migration-locks.ts";
import type { Account } from "#server/kernel/service-accounts.ts";

/** What the process that watches a migration's locks is told, once. */
export interface WatchOrder {
  /** With its password: it goes by no way that another process could read. */
  address: string;
  /** Of the sessions to be watched. */
  applicationName: string;
  /** Whom it becomes before it talks to anybody. */
  account: Account;
}

export const longestRelation = 200;
export const mostSampled = mostLocksStored;

/** Nothing in it that cannot be seen or stored, nor that a terminal would obey. */
export const unseen = /\p{C}/u;

const count = z.int().min(0).max(1_000_000);

/** What it answers. It talks to a server that may be anybody's, so that it is believed nothing that has another shape. */
export const lockReportSchema = z.discriminatedUnion("kind", [
  z.strictObject({
    kind: z.literal("sample"),
    atMs: z.number().min(0).max(Number.MAX_SAFE_INTEGER),
    /** Of the migration. */
    sessions: count,
    locks: z
      .array(
        z.strictObject({
          relation: z
            .string()
            .min(1)
            .max(longestRelation)
            .refine((name) => !unseen.test(name)),
          mode: z.enum(lockModes),
          isHeld: z.boolean(),
          isWaitedFor: z.boolean(),
          sessionsBehind: count,
        }),
      )
      .max(mostSampled),
  }),
  z.strictObject({ kind: z.literal("problem"), code: z.string().regex(/^[A-Z0-9_]{1,40}$/) }),
]);

export type LockReport = z.infer<typeof lockReportSchema>;
