import { type SQL, sql } from "drizzle-orm";
import { ongoingStates } from "#server/domain/incident.ts";
import type { IncidentBrief } from "#server/domain/incident-views.ts";
import type { Context } from "#server/kernel/context.ts";
import { NotFoundError } from "#server/kernel/errors.ts";
import { readBriefs } from "./read-briefs.ts";

const isOngoing = sql.raw(`incidents.state in (${ongoingStates.map((state) => `'${state}'`).join(", ")})`);
const mostOngoing = 200;

/** Those that go on, the newest first. There is one at the most for each service environment. */
export function listOngoing(ctx: Context): Promise<IncidentBrief[]> {
  return readBriefs(
    ctx,
    sql`${isOngoing} order by incidents.began_at desc, incidents.id desc limit ${mostOngoing}`,
  );
}

export interface IncidentFilter {
  serviceSlug?: string | undefined;
  /** The last one of the page before. */
  before?: number | undefined;
  limit: number;
}

export interface IncidentsPage {
  items: IncidentBrief[];
  /** What to give as `before` for the next page; null on the last one. */
  nextBefore: number | null;
}

/** Those that are over, the newest first. */
export async function listPast(ctx: Context, filter: IncidentFilter): Promise<IncidentsPage> {
  return pageOf(ctx, sql`not ${isOngoing}`, filter);
}

/** All of them, the newest first. */
export async function listIncidents(ctx: Context, filter: IncidentFilter): Promise<IncidentsPage> {
  return pageOf(ctx, sql`true`, filter);
}

async function pageOf(
  ctx: Context,
  condition: SQL,
  { serviceSlug, before, limit }: IncidentFilter,
): Promise<IncidentsPage> {
  const found = await readBriefs(
    ctx,
    sql`${condition}
      and ${serviceSlug === undefined ? sql`true` : sql`services.slug = ${serviceSlug}`}
      and ${before === undefined ? sql`true` : sql`incidents.id < ${before}`}
    order by incidents.id desc limit ${limit + 1}`,
  );
  const items = found.slice(0, limit);
  return { items, nextBefore: found.length > limit ? (items.at(-1)?.id ?? null) : null };
}

/** NotFoundError where there is none of this number. */
export async function getIncident(ctx: Context, incidentId: number): Promise<IncidentBrief> {
  const [incident] = await readBriefs(ctx, sql`incidents.id = ${incidentId}`);
  if (incident === undefined) throw new NotFoundError(`There is no incident ${incidentId}.`);
  return incident;
}

/** What follows them up has to know besides. */
export interface FollowedIncident {
  id: number;
  slowerThanMs: number | null;
  releaseId: number | null;
  deploymentId: number | null;
}

export async function listFollowed(ctx: Context): Promise<Map<number, FollowedIncident>> {
  const rows = await ctx.db.execute<Record<keyof FollowedIncident, string | null>>(sql`
    select id, slower_than_ms as "slowerThanMs", release_id as "releaseId", deployment_id as "deploymentId"
    from incidents where ${isOngoing}`);
  const number = (value: unknown) => (value === null ? null : Number(value));
  return new Map(
    [...rows].map(({ id, slowerThanMs, releaseId, deploymentId }) => [
      Number(id),
      {
        id: Number(id),
        slowerThanMs: number(slowerThanMs),
        releaseId: number(releaseId),
        deploymentId: number(deploymentId),
      },
    ]),
  );
}
