import { ExternalLink } from "lucide-react";
import { paths } from "#components/paths.ts";
import { nextPool } from "#server/domain/pools.ts";
import type { PoolView, TrafficView } from "#server/domain/read-models.ts";

export type NextPoolLinkProps = {
  traffic: Pick<TrafficView, "pools" | "livePool">;
  serviceEnvironmentId: number;
  environmentName: string;
};

/** The way into the pool beside the live one, while one stands there: what is being verified, else what is warm. */
export function NextPoolLink({ traffic, serviceEnvironmentId, environmentName }: NextPoolLinkProps) {
  const color = nextPool(traffic.pools.filter(isServing), traffic.livePool);
  const pool = traffic.pools.find((candidate) => candidate.color === color);
  if (pool === undefined) return null;
  const release = pool.release === null ? "" : ` #${pool.release.number}`;
  // Not a Link: it leads out of the portal, and what it hands over holds for a minute only.
  return (
    <p className="text-sm">
      <a
        href={paths.nextPool(serviceEnvironmentId)}
        target="_blank"
        rel="noreferrer"
        className="link inline-flex items-center gap-1"
      >
        Open the next pool of {environmentName}:{release} in {pool.color}
        <span className="sr-only">, in a new tab</span>
        <ExternalLink aria-hidden className="size-3.5" />
      </a>
    </p>
  );
}

function isServing(pool: PoolView): boolean {
  return pool.status === "ready" && pool.instances.some((instance) => instance.status === "healthy");
}
