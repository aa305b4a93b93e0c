import { and, eq, isNotNull, notExists, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { serviceEnvironments, services } from "#db/schema/services.ts";
import { instances } from "#db/schema/traffic.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, inTransaction } from "#server/kernel/context.ts";
import { notify } from "#server/kernel/notifications.ts";

/** Deletes the rows of services marked for removal that run nothing any more; returns their slugs. */
export function deleteRemoved(ctx: Context): Promise<string[]> {
  return inTransaction(ctx, async (tx) => {
    const gone = await tx.db
      .delete(services)
      .where(and(isNotNull(services.removalRequestedAt), notExists(present(tx)), notExists(unfinished(tx))))
      .returning({ id: services.id, slug: services.slug });
    for (const service of gone) {
      await record(tx, { action: "services/delete", subject: `service:${service.slug}` });
      await notify(tx, "service", service.id);
    }
    return gone.map((service) => service.slug);
  });
}

function present(tx: Context) {
  return tx.db
    .select({ one: sql`1` })
    .from(instances)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, instances.serviceEnvironmentId))
    .where(and(eq(serviceEnvironments.serviceId, services.id), sql`${instances.status} <> 'ended'`));
}

function unfinished(tx: Context) {
  return tx.db
    .select({ one: sql`1` })
    .from(deployments)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.id, deployments.serviceEnvironmentId))
    .where(
      and(
        eq(serviceEnvironments.serviceId, services.id),
        sql`(${deployments.status} in ('queued', 'running') or ${deployments.leaseExpiresAt} > clock_timestamp())`,
      ),
    );
}
