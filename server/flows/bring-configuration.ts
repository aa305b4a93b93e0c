import { type DeploymentKind, keepsRelease } from "#server/domain/deployment.ts";
import type { DeploymentPlan } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { ConflictError, ValidationError } from "#server/kernel/errors.ts";
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

/** What would be passed over in silence is refused instead. */
export function demandFittingChange({ kind, change, baseVersion, sha, releaseNumber }: Wish): void {
  const takesChange = kind === "scale" || kind === "configure";
  const given = change ?? {};
  if (!takesChange) {
    if (given.instances !== undefined) throw new ValidationError(notWith(kind), "instances");
    if (given.variables !== undefined) throw new ValidationError(notWith(kind), "variables");
    if (given.secrets !== undefined) throw new ValidationError(notWith(kind), "secrets");
    if (baseVersion !== undefined) throw new ValidationError(notWith(kind), "version");
  }
  if (kind === "scale" && given.instances === undefined) {
    throw new ValidationError("Say how many instances, or null for the release's own number.", "instances");
  }
  const more = (["variables", "secrets"] as const).find((field) => given[field] !== undefined);
  if (kind === "scale" && more !== undefined) {
    throw new ValidationError("With `scale`, only the number changes. Use `configure` for both.", more);
  }
  if (kind === "configure" && change === undefined) {
    throw new ValidationError(
      "Say which variables or secrets to set, and null for those to remove.",
      "variables",
    );
  }
  if (!keepsRelease(kind)) return;
  if (sha !== undefined) throw new ValidationError(whatIsLive(kind), "sha");
  if (releaseNumber !== undefined) throw new ValidationError(whatIsLive(kind), "release");
}

const notWith = (kind: DeploymentKind) =>
  `\`${kind}\` takes the configuration as it is: use \`scale\` or \`configure\`.`;
const whatIsLive = (kind: DeploymentKind) =>
  `\`${kind}\` ships what is live, so it takes neither commit nor release.`;
