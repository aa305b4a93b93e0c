import { PoolDot } from "#components/ui/pool-dot.tsx";
import { Status } from "#components/ui/status.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import type { InstanceStatus } from "#server/domain/pools.ts";
import type { InstanceView } from "#server/domain/read-models.ts";

const tones: Record<InstanceStatus, Tone> = {
  starting: "running",
  healthy: "live",
  restarting: "attention",
  ending: "waiting",
  ended: "waiting",
};

/** Every instance that runs, with where it listens. */
export function InstanceList({ view }: { view: ServiceEnvironmentView }) {
  const pools = view.pools.filter((pool) => pool.instances.length > 0);
  if (pools.length === 0) return null;
  return (
    <ul aria-label={`Instances in ${view.environment.name}`} className="divide-y border-y text-sm">
      {pools.flatMap((pool) =>
        pool.instances.map((instance) => (
          <li key={instance.id} className="flex flex-wrap items-center gap-x-4 gap-y-1 py-2">
            <PoolDot pool={pool.color} filled={pool.isLive} />
            <Status tone={tones[instance.status]} word={instance.status} />
            <span className="font-mono">
              {instance.host}:{instance.port}
            </span>
            <span className="text-muted">{placeOf(instance)}</span>
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
