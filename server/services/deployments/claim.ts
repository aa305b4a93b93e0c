import { and, asc, desc, eq, inArray, isNull, notExists, or, sql } from "drizzle-orm";
import { alias } from "drizzle-orm/pg-core";
import { deployments } from "#db/schema/deployments.ts";
import { transitions } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import { type Lease, leaseEnd } from "./lease.ts";
import { isUniqueViolation } from "./unique-violation.ts";

/** Takes the next deployment that may run now, switch-backs first; null where none may. */
export async function claim(ctx: Context, input: { workerId: number }): Promise<Lease | null> {
  for (;;) {
    const claimed = await tryToClaim(ctx, input.workerId);
    if (claimed !== "beaten") return claimed;
  }
}

async function tryToClaim(ctx: Context, workerId: number): Promise<Lease | null | "beaten"> {
  try {
    const [claimed] = await ctx.db
      .update(deployments)
      .set({
        status: transitions.claim.to,
        leaseWorkerId: workerId,
        leaseNumber: sql`${deployments.leaseNumber} + 1`,
        leaseExpiresAt: leaseEnd,
        startedAt: sql`clock_timestamp()`,
      })
      .where(and(eq(deployments.id, nextInQueue(ctx)), inArray(deployments.status, transitions.claim.from)))
      .returning({ deploymentId: deployments.id, leaseNumber: deployments.leaseNumber });
    return claimed === undefined ? null : { ...claimed, workerId };
  } catch (error) {
    // Two claimers met at one service environment: the index let one through, so look again.
    if (isUniqueViolation(error, "deployments_one_running")) return "beaten";
    throw error;
  }
}

const queued = alias(deployments, "queued");
const ahead = alias(deployments, "ahead");
const running = alias(deployments, "running");

/** The head of the oldest queue whose service environment runs nothing, locked; other claimers pass it by. */
function nextInQueue(ctx: Context) {
  const isSwitchBack = sql`(${queued.kind} = 'switch-back')`;
  const aheadIsSwitchBack = sql`(${ahead.kind} = 'switch-back')`;
  const ofTheSame = (other: typeof ahead | typeof running) =>
    eq(other.serviceEnvironmentId, queued.serviceEnvironmentId);
  return ctx.db
    .select({ id: queued.id })
    .from(queued)
    .where(
      and(
        eq(queued.status, "queued"),
        isNull(queued.cancelRequestedAt),
        notExists(
          ctx.db
            .select({ one: sql`1` })
            .from(running)
            .where(and(ofTheSame(running), eq(running.status, "running"))),
        ),
        notExists(
          ctx.db
            .select({ one: sql`1` })
            .from(ahead)
            .where(
              and(
                ofTheSame(ahead),
                eq(ahead.status, "queued"),
                or(
                  sql`${aheadIsSwitchBack} > ${isSwitchBack}`,
                  and(sql`${aheadIsSwitchBack} = ${isSwitchBack}`, sql`${ahead.id} < ${queued.id}`),
                ),
              ),
            ),
        ),
      ),
    )
    .orderBy(desc(isSwitchBack), asc(queued.id))
    .limit(1)
    .for("update", { skipLocked: true });
}
