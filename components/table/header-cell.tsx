import type { SortDirection } from "@tanstack/react-table";
import { clsx } from "clsx";
import { ArrowDown, ArrowUp } from "lucide-react";
import type { ReactNode } from "react";
import type { ColumnLook } from "./features.ts";

type HeaderCellProps = {
  look: ColumnLook | undefined;
  sorted: false | SortDirection;
  /** Null where the column cannot be sorted. */
  onSort: (() => void) | null;
  children: ReactNode;
};

export function HeaderCell({ look, sorted, onSort, children }: HeaderCellProps) {
  const isEnd = look?.align === "end";
  return (
    <th
      scope="col"
      aria-sort={sorted === false ? undefined : sorted === "asc" ? "ascending" : "descending"}
      className={clsx(
        "h-9 whitespace-nowrap border-b px-3 font-medium text-muted first:pl-0 last:pr-0",
        isEnd ? "text-right" : "text-left",
        look?.className,
      )}
    >
      {look?.hiddenHeading === true ? (
        <span className="sr-only">{children}</span>
      ) : onSort === null ? (
        children
      ) : (
        <button
          type="button"
          onClick={onSort}
          className={clsx(
            "group inline-flex min-h-6 items-center gap-1 rounded hover:text-ink",
            isEnd && "flex-row-reverse",
          )}
        >
          {children}
          <SortArrow sorted={sorted} />
        </button>
      )}
    </th>
  );
}

function SortArrow({ sorted }: { sorted: false | SortDirection }) {
  const Arrow = sorted === "desc" ? ArrowDown : ArrowUp;
  return (
    <Arrow
      aria-hidden
      className={clsx(
        "size-3.5",
        sorted === false && "opacity-0 group-hover:opacity-60 group-focus-visible:opacity-60",
      )}
    />
  );
}
