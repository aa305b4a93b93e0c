import type postgres from "postgres";
import { decompressLines, type StoredLines } from "#server/kernel/output-chunk.ts";

/** What the tests look at from outside, straight from the rows. */
export interface State {
  deployment(id: number): Promise<DeploymentState>;
  liveInstances(serviceEnvironmentId: number): Promise<InstanceState[]>;
  /** All that are not ended, of both pools. */
  instances(serviceEnvironmentId: number): Promise<InstanceState[]>;
  log(id: number): Promise<string>;
}

export interface DeploymentState {
  status: string;
  reason: string | null;
  failedStep: string | null;
  releaseId: number;
  pool: string | null;
  isHeld: boolean;
  attempt: number;
}

/** It has ended, and nobody holds it any more. */
export function isOver({ status, isHeld }: Pick<DeploymentState, "status" | "isHeld">): boolean {
  return !["queued", "running"].includes(status) && !isHeld;
}

export interface InstanceState {
  id: number;
  pool: string;
  status: string;
  port: number;
  pid: number | null;
  restarts: number;
}

export function stateOf(sql: postgres.Sql): State {
  const instances = (serviceEnvironmentId: number, onlyLive: boolean) => sql<InstanceState[]>`
    select i.id::int, i.pool, i.status, i.port, i.pid, i.restarts
    from instances i join pointers p using (service_environment_id)
    where service_environment_id = ${serviceEnvironmentId} and i.status <> 'ended'
      and (not ${onlyLive} or i.pool = p.live_pool)
    order by i.id`;
  return {
    async deployment(id) {
      const [row] = await sql<DeploymentState[]>`
        select status, failure_reason as reason, failed_step as "failedStep", release_id::int as "releaseId", pool,
          lease_worker_id is not null as "isHeld", lease_number as attempt
        from deployments where id = ${id}`;
      if (row === undefined) throw new Error("There is no such deployment.");
      return row;
    },
    liveInstances: (serviceEnvironmentId) => instances(serviceEnvironmentId, true),
    instances: (serviceEnvironmentId) => instances(serviceEnvironmentId, false),
    async log(id) {
      const rows = await sql<StoredLines[]>`
        select codec, body from log_chunks where deployment_id = ${id} order by first_line`;
      return Buffer.concat(rows.map(decompressLines)).toString().trimEnd();
    },
  };
}
