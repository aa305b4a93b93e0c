import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import { holdService } from "#server/services/services/hold-service.ts";
import { readLiveReleases } from "#server/services/services/read-live-releases.ts";
import { type ConfigurationWish, saveConfiguration } from "#server/services/services/save-configuration.ts";
import type { Installation } from "./installation.ts";

/**
 * Makes a version for the first deployment to bring. ConflictError where something is live already: there a version is
 * made by the deployment that brings it.
 */
export async function saveFirstConfiguration(
  ctx: Context,
  wish: ConfigurationWish,
  { sealingKeys }: Pick<Installation, "sealingKeys">,
): Promise<{ version: number }> {
  demand(ctx, "deploy", wish.slug);
  return inTransaction(ctx, async (tx) => {
    await holdService(tx, wish.slug);
    const { serviceEnvironmentId, name } = environmentOf(
      await getService(tx, wish.slug),
      wish.environmentSlug,
    );
    if ((await readLiveReleases(tx, [serviceEnvironmentId])).size > 0) {
      throw new ConflictError(`Something is live in ${name} by now: deploy the configuration instead.`);
    }
    const saved = await saveConfiguration(tx, wish, sealingKeys);
    return { version: saved?.version ?? 0 };
  });
}
