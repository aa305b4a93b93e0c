import { and, eq, isNull, sql } from "drizzle-orm";
import { secrets } from "#db/schema/services.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError, NotFoundError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import { environmentOf, getService } from "./get-service.ts";

/**
 * From now on nothing is started with this value, not even by a switch-back; what runs with it runs on until it is
 * started anew. It cannot be taken back. ConflictError where it is revoked already.
 */
export async function revokeSecret(
  ctx: Context,
  input: { slug: string; environmentSlug: string; secretId: number },
): Promise<{ name: string }> {
  const { slug, environmentSlug, secretId } = input;
  demand(ctx, "deploy", slug);
  return inTransaction(ctx, async (tx) => {
    const service = await getService(tx, slug);
    const { serviceEnvironmentId, name: environmentName } = environmentOf(service, environmentSlug);
    const isIt = and(eq(secrets.id, secretId), eq(secrets.serviceEnvironmentId, serviceEnvironmentId));
    const [row] = await tx.db
      .update(secrets)
      .set({ revokedAt: sql`clock_timestamp()`, revokedByName: tx.actor.name })
      .where(and(isIt, isNull(secrets.revokedAt)))
      .returning({ name: secrets.name });
    if (row === undefined) {
      const [known] = await tx.db.select({ name: secrets.name }).from(secrets).where(isIt);
      if (known === undefined) throw new NotFoundError(`There is no such secret in ${environmentName}.`);
      throw new ConflictError(`This value of ${known.name} is revoked already.`);
    }
    await record(tx, {
      action: "services/revoke-secret",
      subject: `service:${slug}`,
      after: { environment: environmentSlug, name: row.name, secret: secretId },
    });
    await notify(tx, "service", service.id);
    return row;
  });
}
