import { withoutValues } from "#server/domain/configuration.ts";
import type { ConfigurationVersion } from "#server/domain/configuration-views.ts";
import { isAllowed } from "#server/domain/permissions.ts";
import type { PoolView } from "#server/domain/read-models.ts";
import { type ResolvedSecrets, resolveSecrets } from "#server/domain/secrets.ts";
import type { Context } from "#server/kernel/context.ts";
import { findFormerConfiguration } from "#server/services/deployments/find-former-configuration.ts";
import { listSecrets } from "#server/services/services/list-secrets.ts";
import { readConfiguration } from "#server/services/services/read-configuration.ts";
import type { Target, Wish } from "./find-deployment-target.ts";

/** What a deployment would bring, and what the live instances run with; values only for those who may set them. */
export interface Configurations {
  coming: ConfigurationVersion | null;
  running: ConfigurationVersion | null;
  /** What the secrets of the one that comes mean by now, and those that the live instances were started with. */
  secrets: { coming: ResolvedSecrets; running: Record<string, number> };
}

/**
 * A deployment brings the newest version. Two kinds do not: a switch-back brings what its release ran with when it
 * was live last, and a restart changes nothing.
 */
export async function configurationsOf(
  ctx: Context,
  facts: { wish: Wish; target: Target; pools: readonly PoolView[]; serviceEnvironmentId: number },
): Promise<Configurations> {
  const { wish, pools, serviceEnvironmentId } = facts;
  const running = await readRunning(ctx, pools, serviceEnvironmentId);
  const coming = wish.kind === "restart" ? running : await readComing(ctx, facts);
  return {
    coming,
    running,
    secrets: {
      coming: resolveSecrets(kept(coming, wish), await listSecrets(ctx, { serviceEnvironmentId })),
      running: pools.find((pool) => pool.isLive)?.secrets ?? {},
    },
  };
}

/** Those that the wish does not set or remove itself. */
function kept(coming: ConfigurationVersion | null, { change }: Wish): Record<string, number> {
  const entries = Object.entries(coming?.secrets ?? {});
  return Object.fromEntries(entries.filter(([name]) => !Object.hasOwn(change?.secrets ?? {}, name)));
}

async function readComing(
  ctx: Context,
  { wish, target, serviceEnvironmentId }: { wish: Wish; target: Target; serviceEnvironmentId: number },
): Promise<ConfigurationVersion | null> {
  const id =
    wish.kind === "switch-back" && target.release !== null
      ? await findFormerConfiguration(ctx, { serviceEnvironmentId, releaseId: target.release.id })
      : undefined;
  return shown(ctx, await readConfiguration(ctx, { serviceEnvironmentId, id }));
}

export async function readRunning(
  ctx: Context,
  pools: readonly PoolView[],
  serviceEnvironmentId: number,
): Promise<ConfigurationVersion | null> {
  const id = pools.find((pool) => pool.isLive)?.configurationId ?? null;
  return shown(ctx, await readConfiguration(ctx, { serviceEnvironmentId, id }));
}

/** Plain values may be sensitive all the same: who only reads is told their names. */
export function shown(ctx: Context, configuration: ConfigurationVersion | null): ConfigurationVersion | null {
  const { actor } = ctx;
  const mayRead =
    actor.kind === "system" ||
    (actor.kind === "user" ? isAllowed(actor.role, "deploy") : actor.permissions.includes("deploy"));
  return mayRead || configuration === null ? configuration : withoutValues(configuration);
}

/** Whether a pool still stands warm with this release, started as it would be now. */
export function standsReady(
  pools: readonly PoolView[],
  release: { id: number } | null,
  configuration: { id: number } | null,
): boolean {
  return pools.some(
    (pool) =>
      pool.isWarm &&
      release !== null &&
      pool.release?.id === release.id &&
      pool.configurationId === (configuration?.id ?? null),
  );
}
