import { and, eq, isNotNull, isNull, or, sql } from "drizzle-orm";
import { serviceEnvironments } from "#db/schema/services.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { environmentOf, getService, type Service } from "./get-service.ts";

type Place = { slug: string; environmentSlug: string };

/** A person stops what is deployed here by itself until somebody resumes it. ConflictError where that is so already. */
export async function pauseAutomation(ctx: Context, place: Place): Promise<void> {
  const person = demandPerson(ctx, "deploy");
  await inTransaction(ctx, async (tx) => {
    const isPaused = await pauseAutomationFor(tx, place, `Paused by ${person.name}.`);
    if (!isPaused) throw new ConflictError("Nothing is deployed here by itself, or it is paused already.");
  });
}

/** The same for what happens otherwise, in its transaction; false where there was nothing to pause. */
export async function pauseAutomationFor(tx: Context, place: Place, reason: string): Promise<boolean> {
  const service = await getService(tx, place.slug);
  const [paused] = await tx.db
    .update(serviceEnvironments)
    .set({
      automationPausedAt: sql`clock_timestamp()`,
      automationPausedReason: reason,
      automationNote: null,
    })
    .where(
      and(
        isAt(service, place),
        isNull(serviceEnvironments.automationPausedAt),
        or(
          isNotNull(serviceEnvironments.automaticBranch),
          isNotNull(serviceEnvironments.promotesAfterMinutes),
        ),
      ),
    )
    .returning({ id: serviceEnvironments.id });
  if (paused === undefined) return false;
  await record(tx, {
    action: "services/pause-automation",
    subject: `service:${place.slug}`,
    after: { environment: place.environmentSlug, reason },
  });
  await notify(tx, "service", service.id);
  return true;
}

/** A person lets it go on. What was asked for once is not asked for again. ConflictError where it is not paused. */
export async function resumeAutomation(ctx: Context, place: Place): Promise<void> {
  demandPerson(ctx, "deploy");
  await inTransaction(ctx, async (tx) => {
    const service = await getService(tx, place.slug);
    const { automation } = environmentOf(service, place.environmentSlug);
    const resumed = await tx.db
      .update(serviceEnvironments)
      .set({ automationPausedAt: null, automationPausedReason: null })
      .where(and(isAt(service, place), isNotNull(serviceEnvironments.automationPausedAt)))
      .returning({ id: serviceEnvironments.id });
    if (resumed.length === 0) throw new ConflictError("It is not paused any more.");
    await record(tx, {
      action: "services/resume-automation",
      subject: `service:${place.slug}`,
      before: { environment: place.environmentSlug, reason: automation.pausedReason },
      after: { environment: place.environmentSlug, reason: null },
    });
    await notify(tx, "service", service.id);
  });
}

function isAt(service: Service, { environmentSlug }: Place) {
  return eq(serviceEnvironments.id, environmentOf(service, environmentSlug).serviceEnvironmentId);
}
