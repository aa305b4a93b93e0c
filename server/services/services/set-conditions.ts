import { isDeepStrictEqual } from "node:util";
import { and, eq } from "drizzle-orm";
import { z } from "zod";
import { environments, serviceEnvironments, services } from "#db/schema/services.ts";
import { type Condition, conditionKinds, conditionSchema } from "#server/domain/conditions.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError, ValidationError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { parseField } from "#server/kernel/parse-field.ts";

/**
 * Says what a machine checks of a commit before it is deployed to a service environment, from the next request on;
 * where nothing differs, nothing is written. Gives back what was set before, to undo it. ValidationError "conditions".
 */
export async function setConditions(
  ctx: Context,
  input: { slug: string; environmentSlug: string; conditions: Condition[] },
): Promise<{ before: Condition[]; after: Condition[] }> {
  const { slug, environmentSlug } = input;
  demand(ctx, "manageServices", slug);
  const after = parse(input.conditions);
  return inTransaction(ctx, async (tx) => {
    const { id, serviceId, before } = await hold(tx, slug, environmentSlug);
    if (isDeepStrictEqual(before, after)) return { before, after };
    await tx.db.update(serviceEnvironments).set({ conditions: after }).where(eq(serviceEnvironments.id, id));
    await record(tx, {
      action: "services/set-conditions",
      subject: `service:${slug}`,
      before: { environment: environmentSlug, conditions: before },
      after: { environment: environmentSlug, conditions: after },
    });
    await notify(tx, "service", serviceId);
    return { before, after };
  });
}

/** In one order and each kind once, so that the same conditions look the same in the audit log. */
function parse(given: Condition[]): Condition[] {
  const parsed = parseField("conditions", z.array(conditionSchema), given);
  const sorted = conditionKinds.flatMap((kind) => parsed.filter((condition) => condition.kind === kind));
  const twice = sorted.find(({ kind }, index) => sorted[index + 1]?.kind === kind);
  if (twice !== undefined) throw new ValidationError(`${twice.kind} is there twice.`, "conditions");
  return sorted;
}

async function hold(tx: Context, slug: string, environmentSlug: string) {
  const [row] = await tx.db
    .select({
      id: serviceEnvironments.id,
      serviceId: serviceEnvironments.serviceId,
      before: serviceEnvironments.conditions,
    })
    .from(serviceEnvironments)
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .where(and(eq(services.slug, slug), eq(environments.slug, environmentSlug)))
    .for("no key update", { of: serviceEnvironments });
  if (row === undefined)
    throw new NotFoundError(`${slug} is not in an environment named ${environmentSlug}.`);
  return row;
}
