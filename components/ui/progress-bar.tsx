"use client";
import { Progress as Base } from "@base-ui/react/progress";
import { clsx } from "clsx";
import { type Tone, toneFill } from "./tone.ts";

export type ProgressBarProps = {
  label: string;
  /** 0 to 1; null while it is not known how far. */
  share: number | null;
  tone?: Tone;
  className?: string;
};

export function ProgressBar({ label, share, tone = "running", className }: ProgressBarProps) {
  const percent = share === null ? null : Math.round(Math.min(1, Math.max(0, share)) * 100);
  return (
    <Base.Root value={percent} aria-label={label} className={className}>
      <Base.Track className="block h-1 overflow-hidden rounded-full bg-line">
        <Base.Indicator
          className={clsx(
            "block h-full rounded-full transition-[width] duration-200",
            toneFill[tone],
            percent === null && "w-2/5 motion-safe:animate-sweep",
          )}
        />
      </Base.Track>
    </Base.Root>
  );
}
