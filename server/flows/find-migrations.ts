import { type MigrationFacts, migratedText } from "#server/domain/migration.ts";
import { findStoredSettings, type ServiceSettings } from "#server/domain/service-settings.ts";
import type { Context } from "#server/kernel/context.ts";
import {
  findLocksElsewhere,
  findMigration,
  listMigratedSince,
} from "#server/services/deployments/read-migrations.ts";

interface Place {
  serviceEnvironmentId: number;
  slug: string;
  name: string;
}

/** What has migrated here, as far as it speaks for or against the release that is to go live. */
export async function migrationFacts(
  ctx: Context,
  facts: {
    release: { id: number; number: number } | null;
    settings: Pick<ServiceSettings, "migrate"> | null;
    environment: Place;
  },
): Promise<MigrationFacts> {
  const { release, settings, environment } = facts;
  const migrate = settings?.migrate ?? null;
  const { serviceEnvironmentId, name } = environment;
  const place = release === null || migrate === null ? null : { serviceEnvironmentId, releaseId: release.id };
  const done = place === null ? null : await findMigration(ctx, place);
  return {
    done: done === null || release === null ? null : migratedText(release.number, name, done.endedAt),
    isIrreversible: migrate?.reversible === false,
    elsewhere: place === null ? null : await findLocksElsewhere(ctx, place),
    irreversibleSince: release === null ? [] : await irreversibleSince(ctx, release.number, environment),
  };
}

/** Numbers of later releases that have migrated here and do not say that it can be taken back. */
export async function irreversibleSince(
  ctx: Context,
  releaseNumber: number,
  { serviceEnvironmentId, slug }: Place,
): Promise<number[]> {
  const later = await listMigratedSince(ctx, { serviceEnvironmentId, releaseNumber });
  return later.filter(({ settingsFile }) => !isReversible(settingsFile, slug)).map(({ number }) => number);
}

function isReversible(settingsFile: unknown, environmentSlug: string): boolean {
  return findStoredSettings(settingsFile, environmentSlug)?.migrate?.reversible === true;
}
