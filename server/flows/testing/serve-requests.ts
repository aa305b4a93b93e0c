import type postgres from "postgres";
import { packSlots, slotOf } from "#server/domain/latency-slots.ts";

/** What was served in buckets of a second from `from` on and before `to`, past the routers. */
export async function serveRequests(
  sql: postgres.Sql,
  { serviceEnvironmentId, releaseId, from, to, requests, errors, latencyMs = 40 }: Served,
): Promise<void> {
  const latency = packSlots([...Array.from({ length: slotOf(latencyMs) }, () => 0), requests]);
  await sql`
    insert into request_counts (service_environment_id, source, begins_at, seconds, release_id, route, half, by_share,
      requests, client_errors, server_errors, aborted, strays, latency)
    select ${serviceEnvironmentId}, 'router', at, 1, ${releaseId}, '/', 0, false, ${requests}, 0, ${errors}, 0, 0, ${latency}
    from generate_series(${from.toISOString()}::timestamptz, ${new Date(to.getTime() - 1).toISOString()}::timestamptz, '1 s') as at`;
}

interface Served {
  serviceEnvironmentId: number;
  releaseId: number;
  from: Date;
  to: Date;
  /** A second. */
  requests: number;
  errors: number;
  latencyMs?: number;
}
