import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { ensureTeam } from "#server/services/identity/ensure-team.ts";
import { removeCredential, useCredential } from "#server/services/repositories/use-credential.ts";
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
  const hasMoved = repositoryUrl !== before.repositoryUrl;
  if (hasMoved || branch !== before.defaultBranch || credentialId !== undefined) {
    const isKept = credentialId === undefined && !hasMoved;
    const access = isKept ? await serviceAccess(ctx, before, installation) : null;
    await inspectRepository(ctx, { repositoryUrl, branch, credentialId }, installation, access);
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
