import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { parseField } from "#server/kernel/parse-field.ts";
import { ensureTeam } from "#server/services/identity/ensure-team.ts";
import { getService } from "#server/services/services/get-service.ts";
import { serviceFields } from "#server/services/services/service-fields.ts";
import { type ServiceChanges, updateService as update } from "#server/services/services/update-service.ts";
import { inspectRepository } from "./inspect-repository.ts";
import type { Installation } from "./installation.ts";

/** Changes a service from its next deployment on. A new repository or branch must be readable first. */
export async function updateService(
  ctx: Context,
  input: ServiceChanges & { slug: string },
  installation: Installation,
): Promise<{ slug: string }> {
  demand(ctx, "manageServices", input.slug);
  const { slug, ...changes } = input;
  const before = await getService(ctx, slug);
  const repositoryUrl = changes.repositoryUrl?.trim() ?? before.repositoryUrl;
  const branch = changes.defaultBranch ?? before.defaultBranch;
  if (repositoryUrl !== before.repositoryUrl || branch !== before.defaultBranch) {
    await inspectRepository(ctx, { repositoryUrl, branch }, installation);
  }
  const team = changes.team === undefined ? undefined : parseField("team", serviceFields.team, changes.team);
  await inTransaction(ctx, async (tx) => {
    if (typeof team === "string") await ensureTeam(tx, team);
    await update(tx, slug, { ...changes, repositoryUrl });
  });
  return { slug };
}
