import Link from "next/link";
import { paths } from "#components/paths.ts";
import { PoolDot } from "#components/ui/pool-dot.tsx";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import type { InstanceView } from "#server/domain/read-models.ts";
import { InstanceStatusMark } from "./instance-status.tsx";

export type InstanceListProps = { view: ServiceEnvironmentView; slug: string };

/** Every instance that runs, with where it listens and what it prints. */
export function InstanceList({ view, slug }: InstanceListProps) {
  const pools = view.pools.filter((pool) => pool.instances.length > 0);
  if (pools.length === 0) return null;
  return (
    <ul aria-label={`Instances in ${view.environment.name}`} className="divide-y border-y text-sm">
      {pools.flatMap((pool) =>
        pool.instances.map((instance) => (
          <li key={instance.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <PoolDot pool={pool.color} filled={pool.isLive} />
            <InstanceStatusMark status={instance.status} />
            <span className="font-mono">
              {instance.host}:{instance.port}
            </span>
            <span className="text-muted">{placeOf(instance)}</span>
            {view.mayReadOutput && (
              <Link
                href={paths.instance(slug, instance.id)}
                aria-label={`Output of the instance on port ${instance.port}`}
                className="link ml-auto"
              >
                Output
              </Link>
            )}
          </li>
        )),
      )}
    </ul>
  );
}

function placeOf(instance: InstanceView): string {
  const process = instance.pid === null ? "" : `process ${instance.pid} `;
  const restarts = instance.restarts === 0 ? "" : `, restarted ${instance.restarts} ×`;
  return `${process}on ${instance.workerName}${restarts}`;
}
