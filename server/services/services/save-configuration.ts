import { configurations } from "#db/schema/services.ts";
import {
  type ConfigurationChange,
  type ConfigurationDifference,
  changeConfiguration,
  compareConfigurations,
  configurationProblem,
  withStored,
} from "#server/domain/configuration.ts";
import type { ConfigurationVersion } from "#server/domain/configuration-views.ts";
import { record } from "#server/kernel/audit.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { ConflictError, ValidationError } from "#server/kernel/errors.ts";
import { notify } from "#server/kernel/notifications.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { environmentOf, getService } from "./get-service.ts";
import { holdConfiguration } from "./hold-configuration.ts";
import { demandFittingSecrets, keepSecrets } from "./keep-secrets.ts";
import { readConfiguration, toVersion } from "./read-configuration.ts";

export interface ConfigurationWish {
  slug: string;
  environmentSlug: string;
  change: ConfigurationChange;
  /** The version that was looked at, 0 for none; left out, the change is to whatever is the newest. */
  baseVersion?: number | undefined;
}

/**
 * Makes the next version out of the newest one, or gives that back where nothing differs. Call it in the transaction
 * that asks for the deployment. New secret values are sealed with `keys`. ValidationError at `instances`,
 * `variables.NAME` or `secrets.NAME`; ConflictError where the newest is no longer the one that was looked at.
 */
export async function saveConfiguration(
  tx: Context,
  { slug, environmentSlug, change, baseVersion }: ConfigurationWish,
  keys: SealingKeys,
): Promise<ConfigurationVersion | null> {
  demand(tx, "deploy", slug);
  const service = await getService(tx, slug);
  const { serviceEnvironmentId } = environmentOf(service, environmentSlug);
  await holdConfiguration(tx, { serviceEnvironmentId, to: "change" });
  const newest = await readConfiguration(tx, { serviceEnvironmentId });
  const version = newest?.version ?? 0;
  if (baseVersion !== undefined && baseVersion !== version) throw overtaken(newest);
  const problem = configurationProblem(newest, change);
  if (problem !== null) throw new ValidationError(problem.message, problem.field);
  const stored = await keepSecrets(tx, serviceEnvironmentId, change, keys);
  const content = changeConfiguration(newest, withStored(change, stored));
  await demandFittingSecrets(tx, content.secrets);
  const differences = compareConfigurations(newest, content);
  if (differences.length === 0) return newest;
  const [row] = await tx.db
    .insert(configurations)
    .values({ serviceEnvironmentId, version: version + 1, ...content, madeByName: tx.actor.name })
    .returning();
  if (row === undefined) throw new Error("The configuration's row was not returned.");
  await record(tx, {
    action: "services/save-configuration",
    subject: `service:${slug}`,
    after: { environment: environmentSlug, version: row.version, ...audited(differences) },
  });
  await notify(tx, "service", service.id);
  return toVersion(row);
}

/** Values may be sensitive though they are plain: what became of which name says enough. */
function audited(differences: readonly ConfigurationDifference[]): Record<string, unknown> {
  const entries = differences.map(({ name, of, change }) => [
    of === "instances" ? name : `${of}.${name}`,
    change,
  ]);
  return { changes: Object.fromEntries(entries) };
}

function overtaken(newest: ConfigurationVersion | null): ConflictError {
  const now =
    newest === null
      ? "Nothing is configured here any more"
      : `Version ${newest.version} of this configuration was made by ${newest.madeByName} meanwhile`;
  return new ConflictError(`${now}. Nothing was saved: look at it, and make your change to that one.`);
}
