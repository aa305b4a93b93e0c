import type postgres from "postgres";
import { commitBounds, lineBounds, slotBoundsMs, slotOf } from "#server/domain/insight-counts.ts";

/**
 * The measures as they are defined, straight from what happened: every row is read, one after the other. Slow, and what
 * the answers of the portal must be equal to.
 */
export interface ReferenceQuery {
  environment: string;
  team?: string | undefined;
  service?: string | undefined;
  /** Days in UTC, both in it. */
  from: string;
  to: string;
}

interface Deployment {
  id: number;
  place: number;
  kind: string;
  releaseId: number | null;
  previousReleaseId: number | null;
  /** Moments here are microseconds of Unix time, as exact as the database has them. */
  switchedAt: number;
}

interface Incident {
  place: number;
  deploymentId: number | null;
  mitigatingDeploymentId: number | null;
  beganAt: number;
  detectedAt: number;
  mitigatedAt: number | null;
  recoveredAt: number | null;
}

interface Judged {
  change: Deployment;
  failed: boolean;
  recoveredAt: number | null;
}

export async function referenceFigures(sql: postgres.Sql, query: ReferenceQuery) {
  const places = await sql`
    select service_environments.id::int as id
    from service_environments join services on services.id = service_id join environments on environments.id = environment_id
    where environments.slug = ${query.environment}
      and (${query.service ?? null}::text is null or services.slug = ${query.service ?? null})
      and (${query.team ?? null}::text is null or services.team = ${query.team ?? null})`;
  const ids = places.map(({ id }) => Number(id));
  const deployments = await readDeployments(sql, ids);
  const incidents = await readIncidents(sql, ids);
  const reviews = await sql`
    select state, ${microseconds(sql, "opened_at")} as "openedAt" from health_reviews where service_environment_id = any(${ids})`;
  const batches = new Map(
    (
      await sql`
        select deployment_id::int as id, commits, lines_changed as lines,
          (select array_agg(extract(epoch from at) * 1000000) from unnest(committed_at) as at)::float8[] as "committedAt"
        from deployment_batches where service_environment_id = any(${ids})`
    ).map((batch) => [batch.id as number, batch]),
  );
  const isInside = (moment: number) => {
    const day = new Date(moment / 1_000).toISOString().slice(0, 10);
    return day >= query.from && day <= query.to;
  };
  const judged = judge(deployments, incidents).filter(({ change }) => isInside(change.switchedAt));
  const felt = incidents.filter(({ beganAt }) => isInside(beganAt));
  const opened = reviews.filter(({ openedAt }) => isInside(openedAt));
  const since = (from: number, to: number | null) => (to === null ? [] : [to - from]);
  const recoveries = (some: Judged[]) =>
    spread(some.flatMap(({ change, recoveredAt }) => since(change.switchedAt, recoveredAt)));
  const bySize = (measure: "commits" | "lines", bounds: readonly number[]) =>
    Array.from({ length: bounds.length + 1 }, (_, size) => {
      const some = judged.filter(({ change }) => {
        const amount = batches.get(change.id)?.[measure];
        return amount != null && slotOf(amount, bounds) === size;
      });
      const failed = some.filter((one) => one.failed).length;
      return { size, deployments: some.length, failed, recovery: recoveries(some) };
    });
  return {
    deployments: judged.length,
    leadTime: spread(
      judged.flatMap(({ change }) =>
        ((batches.get(change.id)?.committedAt as number[] | null) ?? []).map(
          (committedAt) => change.switchedAt - committedAt,
        ),
      ),
    ),
    failed: judged.filter(({ failed }) => failed).length,
    recovery: recoveries(judged),
    unrecovered: judged.filter(({ failed, recoveredAt }) => failed && recoveredAt === null).length,
    incidents: felt.length,
    detect: spread(felt.flatMap(({ beganAt, detectedAt }) => since(beganAt, detectedAt))),
    mitigate: spread(
      felt.flatMap(({ beganAt, mitigatedAt, recoveredAt }) => since(beganAt, mitigatedAt ?? recoveredAt)),
    ),
    recover: spread(felt.flatMap(({ beganAt, recoveredAt }) => since(beganAt, recoveredAt))),
    reviewsWatched: opened.filter(({ state }) => state === "watched").length,
    reviewsUnwatched: opened.filter(({ state }) => state === "unwatched").length,
    byCommits: bySize("commits", commitBounds),
    byLines: bySize("lines", lineBounds),
  };
}

async function readDeployments(sql: postgres.Sql, places: number[]): Promise<Deployment[]> {
  const rows = await sql<Deployment[]>`
    select id::int, service_environment_id::int as place, kind, release_id::int as "releaseId",
      previous_release_id::int as "previousReleaseId", ${microseconds(sql, "switched_at")} as "switchedAt"
    from deployments where service_environment_id = any(${places}) and switched_at is not null order by switched_at, id`;
  return [...rows];
}

const microseconds = (sql: postgres.Sql, column: string) =>
  sql`(extract(epoch from ${sql(column)}) * 1000000)::float8`;

async function readIncidents(sql: postgres.Sql, places: number[]): Promise<Incident[]> {
  const rows = await sql<Incident[]>`
    select service_environment_id::int as place, deployment_id::int as "deploymentId",
      mitigating_deployment_id::int as "mitigatingDeploymentId", ${microseconds(sql, "began_at")} as "beganAt",
      ${microseconds(sql, "detected_at")} as "detectedAt", ${microseconds(sql, "mitigated_at")} as "mitigatedAt",
      ${microseconds(sql, "recovered_at")} as "recoveredAt"
    from incidents where service_environment_id = any(${places}) and state not in ('suspected', 'dismissed')`;
  return [...rows];
}

/** Walks through the switches of each place in their order. */
function judge(deployments: Deployment[], incidents: Incident[]): Judged[] {
  const ofDeployment = Map.groupBy(incidents, ({ deploymentId }) => deploymentId);
  const ended = new Set(incidents.map(({ mitigatingDeploymentId }) => mitigatingDeploymentId));
  const live = new Map<number, number | null>();
  /** By place and release, the newest change that brought it. */
  const broughtBy = new Map<string, Deployment>();
  const remediedAt = new Map<number, number>();
  const changes: Deployment[] = [];
  for (const deployment of deployments) {
    const { id, place, kind, releaseId, previousReleaseId, switchedAt } = deployment;
    const isRemedy = kind === "switch-back" || (kind === "roll-forward" && ended.has(id));
    const left = broughtBy.get(`${place} ${previousReleaseId}`);
    if (isRemedy && left !== undefined && !remediedAt.has(left.id)) remediedAt.set(left.id, switchedAt);
    const isNew = ["deploy", "promote", "roll-forward"].includes(kind);
    if (isNew && releaseId !== null && releaseId !== (live.get(place) ?? null)) {
      changes.push(deployment);
      broughtBy.set(`${place} ${releaseId}`, deployment);
    }
    live.set(place, releaseId);
  }
  return changes.map((change) => {
    const tied = ofDeployment.get(change.id) ?? [];
    const times = tied.map(({ recoveredAt }) => recoveredAt);
    const known = times.filter((time) => time !== null);
    const last = known.length < times.length ? null : (known.sort((one, other) => other - one)[0] ?? null);
    const remedied = remediedAt.get(change.id) ?? null;
    return {
      change,
      failed: tied.length > 0 || remedied !== null,
      recoveredAt: tied.length > 0 ? last : remedied,
    };
  });
}

/** Sorted, not counted: those in the slot of the value that at least the share lies up to, on average. */
function spread(durations: number[]) {
  const sorted = durations
    .map((value) => Math.max(0, Math.floor(value / 1_000)))
    .sort((one, other) => one - other);
  const at = (share: number) => {
    const value = sorted[Math.max(0, Math.ceil(sorted.length * share) - 1)];
    if (value === undefined) return null;
    const slot = slotOf(value, slotBoundsMs);
    const beside = sorted.filter((other) => slotOf(other, slotBoundsMs) === slot);
    return beside.reduce((sum, other) => sum + other, 0) / beside.length;
  };
  return { n: sorted.length, medianMs: at(0.5), p90Ms: at(0.9) };
}
