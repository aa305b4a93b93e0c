import { and, asc, desc, eq, gt, isNotNull, ne } from "drizzle-orm";
import { migrationRuns } from "#db/schema/migration-runs.ts";
import { releases } from "#db/schema/releases.ts";
import { environments, serviceEnvironments } from "#db/schema/services.ts";
import type { MigrationLock } from "#server/domain/migration-locks.ts";
import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import type { Context } from "#server/kernel/context.ts";

/** When the release last migrated a service environment; null where it never has. */
export async function findMigration(
  ctx: Context,
  input: { serviceEnvironmentId: number; releaseId: number },
): Promise<{ endedAt: string } | null> {
  const [row] = await ctx.db
    .select({ endedAt: migrationRuns.endedAt })
    .from(migrationRuns)
    .where(
      and(
        eq(migrationRuns.serviceEnvironmentId, input.serviceEnvironmentId),
        eq(migrationRuns.releaseId, input.releaseId),
        eq(migrationRuns.status, "succeeded"),
      ),
    )
    .orderBy(desc(migrationRuns.id))
    .limit(1);
  return row?.endedAt == null ? null : { endedAt: row.endedAt.toISOString() };
}

const mostLookedAt = 50;

/** Later releases than this one that have migrated here, with their settings. */
export function listMigratedSince(
  ctx: Context,
  input: { serviceEnvironmentId: number; releaseNumber: number },
): Promise<{ number: number; settingsFile: SettingsFileInput }[]> {
  return ctx.db
    .selectDistinctOn([releases.number], { number: releases.number, settingsFile: releases.settingsFile })
    .from(migrationRuns)
    .innerJoin(releases, eq(releases.id, migrationRuns.releaseId))
    .where(
      and(
        eq(migrationRuns.serviceEnvironmentId, input.serviceEnvironmentId),
        eq(migrationRuns.status, "succeeded"),
        gt(releases.number, input.releaseNumber),
      ),
    )
    .orderBy(asc(releases.number))
    .limit(mostLookedAt);
}

/** What the deployment's migration was seen to lock; null where nobody looked, or where none ran. */
export async function findLocks(ctx: Context, deploymentId: number): Promise<MigrationLock[] | null> {
  const [row] = await ctx.db
    .select({ locks: migrationRuns.locks })
    .from(migrationRuns)
    .where(and(eq(migrationRuns.deploymentId, deploymentId), isNotNull(migrationRuns.locks)))
    .orderBy(desc(migrationRuns.id))
    .limit(1);
  return row?.locks ?? null;
}

/** What the release's migration was seen to lock when it last ran in another environment; null where it never has. */
export async function findLocksElsewhere(
  ctx: Context,
  input: { serviceEnvironmentId: number; releaseId: number },
): Promise<{ environmentName: string; locks: MigrationLock[] } | null> {
  const [row] = await ctx.db
    .select({ environmentName: environments.name, locks: migrationRuns.locks })
    .from(releases)
    .innerJoin(serviceEnvironments, eq(serviceEnvironments.serviceId, releases.serviceId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .innerJoin(
      migrationRuns,
      and(
        eq(migrationRuns.serviceEnvironmentId, serviceEnvironments.id),
        eq(migrationRuns.releaseId, releases.id),
      ),
    )
    .where(
      and(
        eq(releases.id, input.releaseId),
        ne(serviceEnvironments.id, input.serviceEnvironmentId),
        eq(migrationRuns.status, "succeeded"),
        isNotNull(migrationRuns.locks),
      ),
    )
    .orderBy(desc(migrationRuns.id))
    .limit(1);
  return row === undefined ? null : { environmentName: row.environmentName, locks: row.locks ?? [] };
}
