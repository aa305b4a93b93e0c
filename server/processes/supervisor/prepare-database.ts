import { runMigrations } from "graphile-worker";
import {
  applicationRole,
  grantToApplication,
  makeApplicationRole,
  standingOf,
} from "#db/application-role.ts";
import { migrate } from "#db/migrate.ts";
import type { Settings } from "#server/kernel/env.ts";
import { UserError } from "#server/kernel/errors.ts";
import type { StoredSecrets } from "#server/kernel/stored-secrets.ts";

type ApplicationSecrets = Pick<StoredSecrets, "applicationPassword">;

/**
 * Brings the database up to date as its owner. Resolves with the address for the processes, of a role that cannot
 * change what the audit log says; of the owner itself where an operator's own database names no other.
 */
export async function prepareDatabase(
  settings: Settings,
  url: string,
  secrets: ApplicationSecrets,
): Promise<string> {
  if (settings.databaseUrl !== null) {
    await prepareGivenDatabase(settings, settings.databaseUrl);
    return settings.databaseUrl;
  }
  await makeApplicationRole(url, secrets.applicationPassword);
  await migrateAndGrant(url, applicationRole);
  return embeddedAccess(url, secrets);
}

/** The address by which processes use the embedded PostgreSQL of this superuser's address. */
export function embeddedAccess(ownerUrl: string, secrets: ApplicationSecrets): string {
  const url = new URL(ownerUrl);
  url.username = applicationRole;
  url.password = encodeURIComponent(secrets.applicationPassword);
  return url.href;
}

/** An operator's own database. Without ANYTIME_OWNER_DATABASE_URL one role is and does everything. */
export async function prepareGivenDatabase(settings: Settings, databaseUrl: string): Promise<void> {
  const { ownerDatabaseUrl } = settings;
  if (ownerDatabaseUrl === null) return migrate(databaseUrl);
  const role = decodeURIComponent(new URL(databaseUrl).username);
  const standing = await standingOf(ownerDatabaseUrl, role);
  if (standing === "missing")
    throw new UserError(`PostgreSQL has no role ${role}, which DATABASE_URL names.`);
  if (standing === "owner") throw stillOwner(role, ownerDatabaseUrl);
  await migrateAndGrant(ownerDatabaseUrl, role);
}

/** The job queue's own tables too: whoever runs jobs later may no longer make any. */
async function migrateAndGrant(ownerUrl: string, role: string): Promise<void> {
  await migrate(ownerUrl);
  await runMigrations({ connectionString: ownerUrl });
  await grantToApplication(ownerUrl, role);
}

function stillOwner(role: string, ownerUrl: string): UserError {
  const owner = decodeURIComponent(new URL(ownerUrl).username);
  return new UserError(
    `The role ${role} of DATABASE_URL is a superuser or owns the tables, so it could still change the audit log. ` +
      `Name another role there, or run as a superuser: REASSIGN OWNED BY "${role}" TO "${owner}". Nothing was changed.`,
  );
}
