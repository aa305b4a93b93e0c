import { clsx } from "clsx";
import type { PoolColor } from "#server/domain/pools.ts";

export type PoolDotProps = {
  pool: PoolColor;
  /** A filled dot takes traffic; a ring does not. */
  filled?: boolean;
  /** Leave the name out only where the text beside it says it. */
  hideName?: boolean;
  className?: string;
};

const dots = {
  blue: { filled: "bg-pool-blue border-pool-blue", ring: "border-pool-blue" },
  green: { filled: "bg-pool-green border-pool-green", ring: "border-pool-green" },
  violet: { filled: "bg-pool-violet border-pool-violet", ring: "border-pool-violet" },
} as const satisfies Record<PoolColor, unknown>;

export function PoolDot({ pool, filled = true, hideName, className }: PoolDotProps) {
  return (
    <span className={clsx("inline-flex items-center gap-1.5 whitespace-nowrap align-bottom", className)}>
      <span
        aria-hidden
        className={clsx("size-2.5 shrink-0 rounded-full border-2", dots[pool][filled ? "filled" : "ring"])}
      />
      {hideName !== true && pool}
    </span>
  );
}
