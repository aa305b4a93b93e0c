import { clsx } from "clsx";
import { Split } from "lucide-react";
import { PoolDot } from "#components/ui/pool-dot.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { PoolColor } from "#server/domain/pools.ts";
import type { PoolView } from "#server/domain/read-models.ts";
import { type Shared, shareText } from "#server/domain/shares.ts";

export type TrafficPictureProps = {
  pools: readonly PoolView[];
  /** Which of them takes a share beside the live one. */
  shared: Shared | null;
  label: string;
};

/** The pools, and which one traffic goes to. At a switch the line moves over; nothing else moves. */
export function TrafficPicture({ pools, shared, label }: TrafficPictureProps) {
  const live = pools.find((pool) => pool.isLive);
  return (
    <figure aria-label={label} className="flex min-w-0 items-stretch">
      <Lines pools={pools} shared={shared} />
      <ul className="flex min-w-0 grow flex-col">
        {pools.map((pool) => (
          <li key={pool.color} className="flex h-16 min-w-0 flex-col justify-center">
            <Pool pool={pool} isKept={isKept(pool, live)} shared={shared} />
          </li>
        ))}
      </ul>
    </figure>
  );
}

const rowHeight = 64;
const strokes = {
  blue: "stroke-pool-blue",
  green: "stroke-pool-green",
  violet: "stroke-pool-violet",
} as const satisfies Record<PoolColor, string>;
const fills = {
  blue: "fill-pool-blue",
  green: "fill-pool-green",
  violet: "fill-pool-violet",
} as const satisfies Record<PoolColor, string>;

function Lines({ pools, shared }: Pick<TrafficPictureProps, "pools" | "shared">) {
  const height = pools.length * rowHeight;
  const middle = height / 2;
  const live = pools.findIndex((pool) => pool.isLive);
  const liveColor = pools[live]?.color;
  return (
    <svg
      viewBox={`0 0 60 ${height}`}
      width={60}
      height={height}
      aria-hidden="true"
      className="shrink-0 fill-none"
    >
      {pools.map((pool, index) => (
        <path
          key={pool.color}
          d={`M 6 ${middle} C 34 ${middle}, 26 ${centre(index)}, 52 ${centre(index)}`}
          className={clsx(
            "transition-[stroke,stroke-width,opacity] duration-200",
            pool.isLive ? "stroke-3" : shared?.pool === pool.color ? "stroke-2" : "stroke-1",
            pool.isLive || shared?.pool === pool.color ? strokes[pool.color] : "stroke-line-strong",
          )}
        />
      ))}
      <circle
        cx="6"
        cy={middle}
        r="4.5"
        className={liveColor === undefined ? "fill-line-strong" : fills[liveColor]}
      />
      {liveColor !== undefined && (
        <circle
          cx="52"
          cy={centre(live)}
          r="4"
          className={clsx("transition-[cy,fill] duration-200", fills[liveColor])}
        />
      )}
    </svg>
  );
}

function centre(row: number): number {
  return (row + 0.5) * rowHeight;
}

/** While what is live is marked as bad, the way back does not end by any time. */
function isKept(pool: PoolView, live: PoolView | undefined): boolean {
  return pool.isWarm && live?.release?.badReason != null && pool.release?.badReason === null;
}

type PoolProps = { pool: PoolView; isKept: boolean; shared: Shared | null };

function Pool({ pool, isKept, shared }: PoolProps) {
  return (
    <>
      <span className="flex flex-wrap items-center gap-x-2">
        <PoolDot pool={pool.color} filled={pool.isLive} className="font-medium" />
        {pool.release !== null && <span>#{pool.release.number}</span>}
        {pool.release !== null && pool.release.badReason !== null && (
          <Status tone="failed" word="bad" className="text-sm" />
        )}
        <PoolStatus pool={pool} isKept={isKept} shared={shared} />
      </span>
      <span className="truncate text-muted text-sm">{instanceText(pool)}</span>
    </>
  );
}

function PoolStatus({ pool, isKept, shared }: PoolProps) {
  if (pool.isLive) {
    const word = shared === null ? "takes traffic" : `takes ${shareText(1 - shared.share)}`;
    return <Status tone="live" word={word} className="text-sm" />;
  }
  if (shared?.pool === pool.color) {
    return (
      <Status tone="running" icon={<Split />} word={`takes ${shareText(shared.share)}`} className="text-sm" />
    );
  }
  if (pool.status === "starting") return <Status tone="running" word="starting" className="text-sm" />;
  if (isKept) return <span className="text-muted text-sm">warm, kept as the way back</span>;
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
