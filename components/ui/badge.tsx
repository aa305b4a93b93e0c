import { clsx } from "clsx";
import type { ReactNode } from "react";
import { type Tone, toneSoft } from "./tone.ts";

export type BadgeProps = { tone?: Tone; children: ReactNode; className?: string };

/** A short word or count beside something. Not a status: that is `Status`. */
export function Badge({ tone = "waiting", children, className }: BadgeProps) {
  return (
    <span
      className={clsx(
        "inline-flex h-5 items-center gap-1 whitespace-nowrap rounded px-1.5 font-medium text-xs",
        toneSoft[tone],
        className,
      )}
    >
      {children}
    </span>
  );
}
