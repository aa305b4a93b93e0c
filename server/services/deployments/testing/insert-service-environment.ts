import { environments, serviceEnvironments, services } from "#db/schema/services.ts";
import { pointers, pools } from "#db/schema/traffic.ts";
import type { Context } from "#server/kernel/context.ts";

/** The least that a deployment hangs on: a service in an environment, with its pointer and pools. */
export async function insertServiceEnvironment(ctx: Context, slug: string): Promise<number> {
  const [environment] = await ctx.db
    .insert(environments)
    .values({ slug: "staging", name: "Staging", position: 1 })
    .onConflictDoUpdate({ target: environments.slug, set: { name: "Staging" } })
    .returning();
  const [service] = await ctx.db
    .insert(services)
    .values({ slug, name: slug, repositoryUrl: `https://example.org/${slug}.git`, defaultBranch: "main" })
    .returning();
  const [row] = await ctx.db
    .insert(serviceEnvironments)
    .values({ serviceId: service?.id ?? 0, environmentId: environment?.id ?? 0 })
    .returning();
  const serviceEnvironmentId = row?.id ?? 0;
  await ctx.db.insert(pointers).values({ serviceEnvironmentId });
  await ctx.db.insert(pools).values([
    { serviceEnvironmentId, color: "blue" as const },
    { serviceEnvironmentId, color: "green" as const },
  ]);
  return serviceEnvironmentId;
}
