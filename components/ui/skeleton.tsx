import { clsx } from "clsx";

/** A place held for what comes: give it the size of that by `className` (`h-4 w-32`). */
export function Skeleton({ className }: { className?: string }) {
  return (
    <span
      aria-hidden
      className={clsx("block rounded bg-line motion-safe:animate-breathe", className ?? "h-4 w-full")}
    />
  );
}

const widths = ["w-11/12", "w-4/5", "w-10/12", "w-2/3"];

/** Lines of text to come. */
export function SkeletonLines({ count = 3 }: { count?: number }) {
  return (
    <div role="status" aria-label="Loading" className="flex flex-col gap-2.5">
      {Array.from({ length: count }, (_, line) => `line-${line}`).map((key, line) => (
        <Skeleton key={key} className={clsx("h-3.5", widths[line % widths.length])} />
      ))}
    </div>
  );
}
