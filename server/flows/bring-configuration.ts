import type { DeploymentPlan } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError } from "#server/kernel/errors.ts";
import type { SealingKeys } from "#server/kernel/sealed-value.ts";
import { holdConfiguration } from "#server/services/services/hold-configuration.ts";
import { readConfiguration } from "#server/services/services/read-configuration.ts";
import { saveConfiguration } from "#server/services/services/save-configuration.ts";
import type { Wish } from "./find-deployment-target.ts";

/**
 * The configuration that a deployment brings, by id: the newest at this moment, or the one that it makes. Call it in
 * the transaction that asks for the deployment.
 */
export async function bringConfiguration(
  tx: Context,
  wish: Wish,
  plan: DeploymentPlan,
  keys: SealingKeys,
): Promise<number | null> {
  if (wish.kind === "switch-back" || wish.kind === "restart") return plan.configuration?.id ?? null;
  const { serviceEnvironmentId, serviceSlug: slug } = plan;
  const { change, baseVersion } = wish;
  if (change === undefined) {
    await holdConfiguration(tx, { serviceEnvironmentId, to: "read" });
    return (await readConfiguration(tx, { serviceEnvironmentId }))?.id ?? null;
  }
  const environmentSlug = plan.environment.slug;
  const saved = await saveConfiguration(tx, { slug, environmentSlug, change, baseVersion }, keys);
  if ((saved?.id ?? null) === plan.liveConfigurationId) {
    throw new ConflictError(
      `Nothing would change: ${plan.environment.name} runs with this already. Restart it to start it anew.`,
    );
  }
  return saved?.id ?? null;
}
