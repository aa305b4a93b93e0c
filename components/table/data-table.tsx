"use client";
import { type RowData, type SortingState, useTable } from "@tanstack/react-table";
import { clsx } from "clsx";
import type { ReactNode } from "react";
import { type Columns, features } from "./features.ts";
import { HeaderCell } from "./header-cell.tsx";
import { SkeletonRows } from "./skeleton-rows.tsx";
import { TableRow } from "./table-row.tsx";

export type DataTableProps<Row extends RowData> = {
  /** Names the table for screen readers. */
  label: string;
  /** From `columnHelper<Row>()`, at module scope. */
  columns: Columns<Row>;
  /** Undefined while they are on their way. Keep the reference stable. */
  rows: readonly Row[] | undefined;
  rowId: (row: Row) => string;
  /** Makes the whole row lead there, by the link in its title cell. */
  rowHref?: (row: Row) => string;
  /** An `EmptyState`. */
  empty: ReactNode;
  skeletonRows?: number;
  initialSorting?: SortingState;
  /** Off for lists that come page by page: sorting what happens to be loaded would mislead. */
  isSortable?: boolean;
  className?: string;
};

const none: never[] = [];

/** A table; on a phone each row becomes a small stack of its cells. */
export function DataTable<Row extends RowData>(props: DataTableProps<Row>) {
  const { label, columns, rows, rowId, rowHref, empty, initialSorting, isSortable = true } = props;
  const table = useTable({
    features,
    columns,
    data: rows ?? none,
    getRowId: rowId,
    enableSorting: isSortable,
    enableSortingRemoval: false,
    initialState: initialSorting === undefined ? undefined : { sorting: initialSorting },
  });
  if (rows !== undefined && rows.length === 0) return empty;
  return (
    <table
      aria-label={label}
      aria-busy={rows === undefined ? true : undefined}
      className={clsx("w-full border-collapse text-sm max-sm:block", props.className)}
    >
      <thead className="max-sm:hidden">
        {table.getHeaderGroups().map((group) => (
          <tr key={group.id}>
            {group.headers.map((header) => (
              <HeaderCell
                key={header.id}
                look={header.column.columnDef.meta}
                sorted={isSortable ? header.column.getIsSorted() : false}
                onSort={header.column.getCanSort() ? () => header.column.toggleSorting() : null}
              >
                {header.isPlaceholder ? null : <table.FlexRender header={header} />}
              </HeaderCell>
            ))}
          </tr>
        ))}
      </thead>
      <tbody className="max-sm:block">
        {rows === undefined ? (
          <SkeletonRows rows={props.skeletonRows ?? 6} looks={columns.map((column) => column.meta)} />
        ) : (
          table
            .getRowModel()
            .rows.map((row) => (
              <TableRow key={row.id} row={row} render={table.FlexRender} href={rowHref?.(row.original)} />
            ))
        )}
      </tbody>
    </table>
  );
}
