import { clsx } from "clsx";
import { Skeleton } from "#components/ui/skeleton.tsx";
import type { ColumnLook } from "./features.ts";

/** Rows in the height of those that come. */
export function SkeletonRows({ rows, looks }: { rows: number; looks: readonly (ColumnLook | undefined)[] }) {
  return Array.from({ length: rows }, (_, row) => `row-${row}`).map((rowKey, row) => (
    <tr key={rowKey} className="border-b max-sm:flex max-sm:flex-col max-sm:gap-2 max-sm:py-3">
      {looks.map((look, column) => (
        <td
          key={`${rowKey}-${column.toString()}`}
          className={clsx("h-11 px-3 first:pl-0 last:pr-0 max-sm:h-auto max-sm:p-0", look?.className)}
        >
          <Skeleton
            className={clsx(
              "h-3.5",
              look?.isTitle === true ? "w-3/5" : (row + column) % 2 === 0 ? "w-2/5" : "w-1/2",
              look?.align === "end" && "sm:ml-auto",
            )}
          />
        </td>
      ))}
    </tr>
  ));
}
