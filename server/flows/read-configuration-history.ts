import type { ConfigurationHistory } from "#server/domain/configuration-views.ts";
import { type Context, demand } from "#server/kernel/context.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import { listConfigurations } from "#server/services/services/list-configurations.ts";

/** The versions of a service environment's configuration with their values, for those who may change it. */
export async function readConfigurationHistory(
  ctx: Context,
  input: { slug: string; environmentSlug: string; before?: number | undefined; limit: number },
): Promise<ConfigurationHistory> {
  const { slug, environmentSlug, ...page } = input;
  demand(ctx, "deploy", slug);
  const { serviceEnvironmentId } = environmentOf(await getService(ctx, slug), environmentSlug);
  return listConfigurations(ctx, { serviceEnvironmentId, ...page });
}
