import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { ensureTeam } from "#server/services/identity/ensure-team.ts";
import { removeCredential } from "#server/services/repositories/remove-credential.ts";
import { useCredential } from "#server/services/repositories/use-credential.ts";
import { getService } from "#server/services/services/get-service.ts";
import { serviceFields } from "#server/services/services/service-fields.ts";
import { type ServiceChanges, updateService as update } from "#server/services/services/update-service.ts";
import { inspectRepository } from "./inspect-repository.ts";
import type { Installation } from "./installation.ts";
import { serviceAccess } from "./repository-access.ts";

/**
 * Changes a service from its next deployment on. A new repository, branch or credential must be readable first; at a new
 * address the credential of the old one is gone.
 */
export async function updateService(
  ctx: Context,
  input: ServiceChanges & { slug: string; credentialId?: string | undefined },
  installation: Installation,
): Promise<{ slug: string }> {
  demand(ctx, "manageServices", input.slug);
  const { slug, credentialId, ...changes } = input;
  const before = await getService(ctx, slug);
  const repositoryUrl = changes.repositoryUrl?.trim() ?? before.repositoryUrl;
  const branch = changes.defaultBranch ?? before.defaultBranch;
  const settingsPath = changes.settingsPath ?? before.settingsPath;
  const hasOtherFile = settingsPath !== before.settingsPath;
  const hasMoved = repositoryUrl !== before.repositoryUrl;
  if (hasMoved || branch !== before.defaultBranch || hasOtherFile || credentialId !== undefined) {
    const isKept = credentialId === undefined && !hasMoved;
    const access = isKept ? await serviceAccess(ctx, before, installation) : null;
    const wanted = { repositoryUrl, branch, settingsPath, credentialId };
    const { settings } = await inspectRepository(ctx, wanted, installation, access);
    if (hasOtherFile && settings.from === "none") {
      throw new ValidationError(`There is no ${settingsPath} on the branch ${branch}.`, "settingsPath");
    }
  }
  const team = changes.team === undefined ? undefined : parseField("team", serviceFields.team, changes.team);
  await inTransaction(ctx, async (tx) => {
    if (typeof team === "string") await ensureTeam(tx, team);
    await update(tx, slug, { ...changes, repositoryUrl });
    const service = { id: before.id, slug, repositoryUrl };
    if (credentialId !== undefined) await useCredential(tx, service, credentialId);
    else if (hasMoved) await removeCredential(tx, service);
  });
  return { slug };
}
