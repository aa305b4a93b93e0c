import { eq } from "drizzle-orm";
import { serviceEnvironments } from "#db/schema/services.ts";
import { soakMinutesSchema } from "#server/domain/automation.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { environmentOf, getService } from "./get-service.ts";
import { holdAutomation } from "./hold-automation.ts";
import { serviceFields } from "./service-fields.ts";

/** At most one of the two; neither means that people and tokens deploy here. */
export interface AutomationWish {
  slug: string;
  environmentSlug: string;
  branch: string | null;
  promotesAfterMinutes: number | null;
}

/**
 * Says what is deployed here by itself, from the next look on. A pause stays until somebody resumes, unless it is
 * turned off. ValidationError names the field.
 */
export async function setAutomation(ctx: Context, wish: AutomationWish): Promise<void> {
  const { slug, environmentSlug } = wish;
  demand(ctx, "manageServices", slug);
  await inTransaction(ctx, async (tx) => {
    const service = await getService(tx, slug);
    const environment = environmentOf(service, environmentSlug);
    const isFirst = service.environments[0] === environment;
    const after = parse(wish, isFirst ? environment.name : null);
    const before = await holdAutomation(tx, environment.serviceEnvironmentId);
    const { branch, promotesAfterMinutes } = before;
    if (branch === after.branch && promotesAfterMinutes === after.promotesAfterMinutes) return;
    const isOff = after.branch === null && after.promotesAfterMinutes === null;
    await tx.db
      .update(serviceEnvironments)
      .set({
        automaticBranch: after.branch,
        promotesAfterMinutes: after.promotesAfterMinutes,
        automationNote: null,
        ...(isOff ? { automationPausedAt: null, automationPausedReason: null } : {}),
      })
      .where(eq(serviceEnvironments.id, environment.serviceEnvironmentId));
    await record(tx, {
      action: "services/set-automation",
      subject: `service:${slug}`,
      before: { environment: environmentSlug, branch, promotesAfterMinutes },
      after: { environment: environmentSlug, ...after },
    });
    await notify(tx, "service", service.id);
  });
}

function parse(wish: AutomationWish, firstName: string | null) {
  const { branch, promotesAfterMinutes } = wish;
  if (branch !== null && promotesAfterMinutes !== null) {
    throw new ValidationError(
      "Choose one: commits of a branch, or what has been good before.",
      "promotesAfterMinutes",
    );
  }
  if (promotesAfterMinutes !== null && firstName !== null) {
    throw new ValidationError(
      `${firstName} is the first environment: nothing is promoted to it.`,
      "promotesAfterMinutes",
    );
  }
  return {
    branch: branch === null ? null : parseField("branch", serviceFields.defaultBranch, branch),
    promotesAfterMinutes:
      promotesAfterMinutes === null
        ? null
        : parseField("promotesAfterMinutes", soakMinutesSchema, promotesAfterMinutes),
  };
}
