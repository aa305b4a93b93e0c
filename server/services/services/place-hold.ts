import { eq } from "drizzle-orm";
import { holds } from "#db/schema/holds.ts";
import { environments } from "#db/schema/services.ts";
import { holdEndProblem, holdReasonSchema } from "#server/domain/holds.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demandPerson, inTransaction } from "#server/kernel/context.ts";
import { NotFoundError, ValidationError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { publishHold } from "#server/services/feed/publish.ts";
import { environmentOf, getService } from "./get-service.ts";

export interface HoldWish {
  /** Null for everywhere. */
  environmentSlug: string | null;
  /** Null for every service. */
  serviceSlug: string | null;
  reason: string;
  endsAt: Date;
}

/** From now on machines deploy nothing there, and people are told why. ValidationError names the field. */
export async function placeHold(ctx: Context, wish: HoldWish): Promise<{ id: number }> {
  const person = demandPerson(ctx, "manageServices");
  const reason = parseField("reason", holdReasonSchema, wish.reason);
  const { endsAt, environmentSlug, serviceSlug } = wish;
  const problem = holdEndProblem(endsAt, ctx.now());
  if (problem !== null) throw new ValidationError(problem, "endsAt");
  return inTransaction(ctx, async (tx) => {
    const scope = await scopeIn(tx, wish);
    const [placed] = await tx.db
      .insert(holds)
      .values({
        ...scope,
        reason,
        endsAt,
        placedBy: person.id,
        placedByName: person.name,
        placedAt: tx.now(),
      })
      .returning({ id: holds.id });
    if (placed === undefined) throw new Error("The hold's row was not returned.");
    await record(tx, {
      action: "services/place-hold",
      subject: serviceSlug === null ? "installation" : `service:${serviceSlug}`,
      after: { hold: placed.id, environment: environmentSlug, reason, endsAt: endsAt.toISOString() },
    });
    await publishHold(tx, placed.id, "held");
    await notify(tx, "hold", placed.id);
    return placed;
  });
}

async function scopeIn(tx: Context, { environmentSlug, serviceSlug }: HoldWish) {
  if (serviceSlug !== null) {
    if (environmentSlug === null) throw new ValidationError("Say in which environment.", "environmentSlug");
    const { serviceEnvironmentId } = environmentOf(await getService(tx, serviceSlug), environmentSlug);
    return { serviceEnvironmentId };
  }
  if (environmentSlug === null) return {};
  const [found] = await tx.db
    .select({ id: environments.id })
    .from(environments)
    .where(eq(environments.slug, environmentSlug));
  if (found === undefined) throw new NotFoundError(`There is no environment named ${environmentSlug}.`);
  return { environmentId: found.id };
}
