import { Skeleton } from "#components/ui/skeleton.tsx";

/** Rows in the height of those that come. */
export function SkeletonRows({ rows, columns }: { rows: number; columns: number }) {
  return Array.from({ length: rows }, (_, row) => `row-${row}`).map((rowKey, row) => (
    <tr key={rowKey} className="border-b max-sm:flex max-sm:flex-col max-sm:gap-2 max-sm:py-3">
      {Array.from({ length: columns }, (_, column) => `cell-${column}`).map((cellKey, column) => (
        <td key={cellKey} className="h-11 px-3 first:pl-0 last:pr-0 max-sm:h-auto max-sm:p-0">
          <Skeleton
            className={
              column === 0 ? "h-3.5 w-3/5" : (row + column) % 2 === 0 ? "h-3.5 w-2/5" : "h-3.5 w-1/2"
            }
          />
        </td>
      ))}
    </tr>
  ));
}
