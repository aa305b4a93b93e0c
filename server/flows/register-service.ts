import type { SettingsFileInput } from "#server/domain/service-settings.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { ensureTeam } from "#server/services/identity/ensure-team.ts";
import { useCredential } from "#server/services/repositories/use-credential.ts";
import { register } from "#server/services/services/register.ts";
import { serviceFields } from "#server/services/services/service-fields.ts";
import { openPools } from "#server/services/targets/open-pools.ts";
import { openPointer } from "#server/services/traffic/open-pointer.ts";
import { inspectRepository } from "./inspect-repository.ts";
import type { Installation } from "./installation.ts";

export interface Registration {
  slug: string;
  name: string;
  team?: string | null | undefined;
  repositoryUrl: string;
  /** The repository's own where left out. */
  defaultBranch?: string | undefined;
  /** Which `anytime.yaml` is the service's; the root's where left out. */
  settingsPath?: string | undefined;
  /** For a private repository: one that the actor has made. */
  credentialId?: string | undefined;
  /** Null or left out: `anytime.yaml` is read at each commit. */
  typedSettings?: SettingsFileInput | null | undefined;
  /** All where left out. */
  environmentSlugs?: string[] | undefined;
  isTour?: boolean;
}

/** Makes a service with its environments, pools and pointers, all or nothing. ValidationError names the field. */
export async function registerService(
  ctx: Context,
  input: Registration,
  installation: Installation,
): Promise<{ id: number; slug: string; serviceEnvironmentIds: number[] }> {
  demand(ctx, "manageServices");
  // What is cheap to check comes first: a bad slug need not wait for a clone.
  parseField("slug", serviceFields.slug, input.slug);
  parseField("name", serviceFields.name, input.name);
  const team = parseField("team", serviceFields.team, input.team ?? null);
  const defaultBranch = await checkRepository(ctx, input, installation);
  return inTransaction(ctx, async (tx) => {
    if (team !== null) await ensureTeam(tx, team);
    const repositoryUrl = input.repositoryUrl.trim();
    const service = await register(tx, {
      slug: input.slug,
      name: input.name,
      team,
      repositoryUrl,
      defaultBranch,
      settingsPath: input.settingsPath,
      typedSettings: input.typedSettings ?? null,
      environmentSlugs: input.environmentSlugs ?? null,
      isTour: input.isTour ?? false,
    });
    if (input.credentialId !== undefined) {
      await useCredential(tx, { ...service, repositoryUrl }, input.credentialId);
    }
    for (const serviceEnvironmentId of service.serviceEnvironmentIds) {
      await openPointer(tx, { serviceEnvironmentId });
      await openPools(tx, { serviceEnvironmentId });
    }
    return service;
  });
}

/** The branch to deploy from, once repository, branch and settings are known to be readable. */
async function checkRepository(
  ctx: Context,
  input: Registration,
  installation: Installation,
): Promise<string> {
  const branch = input.defaultBranch?.trim() || undefined;
  const { repositoryUrl, credentialId } = input;
  const settingsPath = parseField("settingsPath", serviceFields.settingsPath, input.settingsPath);
  const wanted = { repositoryUrl, branch, settingsPath, credentialId };
  const found = await inspectRepository(ctx, wanted, installation).catch((error: unknown) => {
    const isBranch = error instanceof ValidationError && error.field === "branch";
    throw isBranch ? new ValidationError(error.message, "defaultBranch") : error;
  });
  if ((input.typedSettings ?? null) === null) {
    if (found.settings.from === "none") {
      const text = `The repository has no ${settingsPath} on this branch. Add one, or type the settings in here.`;
      throw new ValidationError(text, "typedSettings");
    }
    if (found.settings.from === "broken") {
      throw new ValidationError(found.settings.problem, "repositoryUrl");
    }
  }
  return found.branch;
}
