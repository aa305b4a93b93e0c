import { and, desc, eq, gte, ilike, inArray, lt, or, type SQL, sql } from "drizzle-orm";
import { deployments } from "#db/schema/deployments.ts";
import { environments, serviceEnvironments, services } from "#db/schema/services.ts";
import type { DeploymentKind, DeploymentStatus } from "#server/domain/deployment.ts";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { addExpectations } from "./add-expectations.ts";
import { selectBriefs, toBrief } from "./brief.ts";

export interface DeploymentFilter {
  serviceSlug?: string | undefined;
  environmentSlug?: string | undefined;
  statuses?: DeploymentStatus[] | undefined;
  kinds?: DeploymentKind[] | undefined;
  /** Part of the subject, or the beginning of a SHA. */
  text?: string | undefined;
  /** The id of the last row of the page before. */
  before?: number | undefined;
  limit: number;
}

export interface DeploymentPage {
  items: DeploymentBrief[];
  nextBefore: number | null;
}

/** A search by text looks at this many deployments for a page, then offers to look further. */
const searchWindow = 20_000;

/** Newest first. Pages by key, so that the thousandth costs what the first does. */
export async function listDeployments(ctx: Context, filter: DeploymentFilter): Promise<DeploymentPage> {
  const floor = filter.text === undefined ? null : await searchFloor(ctx, filter);
  const rows = await selectBriefs(ctx)
    .where(and(...conditions(ctx, filter), floor === null ? undefined : gte(deployments.id, floor)))
    .orderBy(desc(deployments.id))
    .limit(filter.limit + 1);
  const items = await addExpectations(ctx, rows.slice(0, filter.limit).map(toBrief));
  if (rows.length > filter.limit) return { items, nextBefore: items.at(-1)?.id ?? null };
  return { items, nextBefore: floor !== null && floor > 1 ? floor : null };
}

function conditions(ctx: Context, filter: DeploymentFilter): (SQL | undefined)[] {
  const { statuses, kinds, text, before } = filter;
  return [
    before === undefined ? undefined : lt(deployments.id, before),
    inServiceEnvironments(ctx, filter),
    statuses?.length ? inArray(deployments.status, statuses) : undefined,
    kinds?.length ? inArray(deployments.kind, kinds) : undefined,
    text === undefined
      ? undefined
      : or(
          ilike(deployments.subject, `%${escapeLike(text)}%`),
          ilike(deployments.sha, `${escapeLike(text)}%`),
        ),
  ];
}

function inServiceEnvironments(ctx: Context, filter: DeploymentFilter): SQL | undefined {
  const { serviceSlug, environmentSlug } = filter;
  if (serviceSlug === undefined && environmentSlug === undefined) return undefined;
  const chosen = ctx.db
    .select({ id: serviceEnvironments.id })
    .from(serviceEnvironments)
    .innerJoin(services, eq(services.id, serviceEnvironments.serviceId))
    .innerJoin(environments, eq(environments.id, serviceEnvironments.environmentId))
    .where(
      and(
        serviceSlug === undefined ? undefined : eq(services.slug, serviceSlug),
        environmentSlug === undefined ? undefined : eq(environments.slug, environmentSlug),
      ),
    );
  return inArray(deployments.serviceEnvironmentId, chosen);
}

async function searchFloor(ctx: Context, filter: DeploymentFilter): Promise<number> {
  const newest = sql<number>`coalesce(max(${deployments.id}), 0)::float8`;
  const [row] = await ctx.db.select({ newest }).from(deployments);
  return Math.max(1, Math.min(filter.before ?? Number.POSITIVE_INFINITY, row?.newest ?? 0) - searchWindow);
}

function escapeLike(text: string): string {
  return text.replaceAll(/[\\%_]/g, "\\$&");
}
