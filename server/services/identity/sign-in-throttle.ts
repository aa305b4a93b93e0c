import { createHash } from "node:crypto";
import { eq, sql } from "drizzle-orm";
import { signInFailures } from "#db/schema/identity.ts";
import { formatDurationMs } from "#server/domain/durations.ts";
import type { Context } from "#server/kernel/context.ts";
import { networkOf } from "./client-address.ts";

/**
 * Each attempt is counted before the password is looked at, so that a thousand at once get no further than a few.
 * After `free` failures the wait doubles from one second to `longestWaitSeconds`; it is forgotten after a day.
 */
interface Limit {
  key: string;
  free: number;
  longestWaitSeconds: number;
}

/** Short at the longest. Whoever comes by a browser that is known is not counted with strangers at all. */
export function accountLimit(email: string): Limit {
  return { key: `account:${hashOf(email)}`, free: 5, longestWaitSeconds: 60 };
}

/** For one browser in which this account was signed in to before: no stranger's guesses keep it waiting. */
export function browserLimit(browserId: string): Limit {
  return { key: `browser:${hashOf(browserId)}`, free: 5, longestWaitSeconds: 60 };
}

/** For whoever is signed in already and says the current password. */
export function passwordChangeLimit(userId: number): Limit {
  return { key: `password-change:${userId}`, free: 5, longestWaitSeconds: 60 };
}

export function addressLimit(address: string): Limit {
  return { key: `address:${hashOf(networkOf(address))}`, free: 20, longestWaitSeconds: 900 };
}

/** For whoever asks for mails, whomever they are to go to. It does not count with signing in. */
export function askingLimit(address: string): Limit {
  return { key: `asking:${hashOf(networkOf(address))}`, free: 10, longestWaitSeconds: 900 };
}

/** For whom mails are asked that nobody has confirmed. */
export function mailboxLimit(email: string): Limit {
  return { key: `mailbox:${hashOf(email)}`, free: 5, longestWaitSeconds: 43_200 };
}

/** The same mail again: the first wait is a minute already, the tenth half a day. */
export function sameMailLimit(email: string, about: string): Limit {
  return { key: `mail:${hashOf(`${email} ${about}`)}`, free: -5, longestWaitSeconds: 43_200 };
}

/** Counts one attempt. Milliseconds to wait where it is not allowed yet, else 0. */
export async function countAttempt(ctx: Context, limit: Limit): Promise<number> {
  const now = ctx.now().toISOString();
  const { failures, lastAt } = signInFailures;
  const waitOver = sql`${lastAt} + interval '1 second' * least(power(2, least(greatest(${failures} - ${limit.free}, 0), 30)) - 1, ${limit.longestWaitSeconds}::int)`;
  const counted = await ctx.db
    .insert(signInFailures)
    .values({ key: limit.key, failures: 1, lastAt: ctx.now() })
    .onConflictDoUpdate({
      target: signInFailures.key,
      set: {
        failures: sql`case when ${lastAt} < ${now}::timestamptz - interval '1 day' then 1 else ${failures} + 1 end`,
        lastAt: ctx.now(),
      },
      setWhere: sql`${waitOver} <= ${now}::timestamptz`,
    })
    .returning();
  if (counted.length > 0) return 0;
  const [row] = await ctx.db
    .select({ waitMs: sql<number>`extract(epoch from ${waitOver} - ${now}::timestamptz)::float8 * 1000` })
    .from(signInFailures)
    .where(eq(signInFailures.key, limit.key));
  return Math.max(1, row?.waitMs ?? 1);
}

/** `Wait 4 s, then try again.` */
export function waitText(waitMs: number): string {
  return `Wait ${formatDurationMs(Math.ceil(waitMs / 1_000) * 1_000)}, then try again.`;
}

/** The password was right: the account starts afresh. */
export async function forgetFailures(ctx: Context, limit: Limit): Promise<void> {
  await ctx.db.delete(signInFailures).where(eq(signInFailures.key, limit.key));
}

/** The password was right: this attempt no longer counts, but failures for other accounts still do. */
export async function uncountAttempt(ctx: Context, limit: Limit): Promise<void> {
  await ctx.db
    .update(signInFailures)
    .set({ failures: sql`greatest(${signInFailures.failures} - 1, 0)` })
    .where(eq(signInFailures.key, limit.key));
}

function hashOf(text: string): string {
  return createHash("sha256").update(text).digest("hex").slice(0, 32);
}
