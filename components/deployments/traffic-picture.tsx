import { clsx } from "clsx";
import { PoolDot } from "#components/ui/pool-dot.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { PoolView } from "#server/domain/read-models.ts";

export type TrafficPictureProps = { pools: readonly [PoolView, PoolView]; label: string };

/** Both pools, and which one traffic goes to. At a switch the line moves over; nothing else moves. */
export function TrafficPicture({ pools, label }: TrafficPictureProps) {
  return (
    <figure aria-label={label} className="flex min-w-0 items-stretch">
      <Lines pools={pools} />
      <ul className="flex min-w-0 grow flex-col">
        {pools.map((pool) => (
          <li key={pool.color} className="flex h-16 min-w-0 flex-col justify-center">
            <Pool pool={pool} />
          </li>
        ))}
      </ul>
    </figure>
  );
}

const ways = { blue: "M 6 64 C 34 64, 26 32, 52 32", green: "M 6 64 C 34 64, 26 96, 52 96" } as const;
const strokes = { blue: "stroke-pool-blue", green: "stroke-pool-green" } as const;
const fills = { blue: "fill-pool-blue", green: "fill-pool-green" } as const;

function Lines({ pools }: { pools: TrafficPictureProps["pools"] }) {
  const live = pools.find((pool) => pool.isLive);
  return (
    <svg viewBox="0 0 60 128" aria-hidden="true" className="h-32 w-15 shrink-0 fill-none">
      {pools.map((pool) => (
        <path
          key={pool.color}
          d={ways[pool.color]}
          className={clsx(
            "transition-[stroke,stroke-width,opacity] duration-200",
            pool.isLive ? ["stroke-3", strokes[pool.color]] : "stroke-1 stroke-line-strong",
          )}
        />
      ))}
      <circle
        cx="6"
        cy="64"
        r="4.5"
        className={live === undefined ? "fill-line-strong" : fills[live.color]}
      />
      {live !== undefined && (
        <circle
          cx="52"
          cy="64"
          r="4"
          className={clsx(
            "transition-[translate,fill] duration-200",
            fills[live.color],
            live.color === "blue" ? "-translate-y-8" : "translate-y-8",
          )}
        />
      )}
    </svg>
  );
}

function Pool({ pool }: { pool: PoolView }) {
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2">
        <PoolDot pool={pool.color} filled={pool.isLive} className="font-medium" />
        {pool.release !== null && <span>#{pool.release.number}</span>}
        <PoolStatus pool={pool} />
      </span>
      <span className="truncate text-muted text-sm">{instanceText(pool)}</span>
    </>
  );
}

function PoolStatus({ pool }: { pool: PoolView }) {
  if (pool.isLive) return <Status tone="live" word="takes traffic" className="text-sm" />;
  if (pool.status === "starting") return <Status tone="running" word="starting" className="text-sm" />;
  if (pool.status === "ready") {
    return (
      <span className="text-muted text-sm">
        warm
        {pool.warmUntil !== null && (
          <>
            {" "}
            until <Time at={pool.warmUntil} layout="absolute" />
          </>
        )}
      </span>
    );
  }
  return <span className="text-faint text-sm">{pool.status}</span>;
}

function instanceText(pool: PoolView): string {
  const current = pool.instances.filter((instance) => instance.status !== "ended");
  if (current.length === 0) return "no instance";
  const healthy = current.filter((instance) => instance.status === "healthy").length;
  const noun = current.length === 1 ? "instance" : "instances";
  const restarts = current.reduce((sum, instance) => sum + instance.restarts, 0);
  const restartText = restarts === 0 ? "" : `, restarted ${restarts} ×`;
  return `${healthy} of ${current.length} ${noun} healthy${restartText}`;
}
