import {
  type ColumnHelper,
  createColumnHelper,
  createSortedRowModel,
  metaHelper,
  type RowData,
  rowSortingFeature,
  sortFn_alphanumeric,
  sortFn_datetime,
  sortFn_text,
  type TableOptions,
  tableFeatures,
} from "@tanstack/react-table";

export type ColumnLook = {
  /** The cell that names the row: it carries the row's link, and comes first and larger on a phone. */
  isTitle?: boolean;
  /** Numbers and durations stand at the end. */
  align?: "start" | "end";
  /** Added to the column's cells, e.g. `w-32` or `max-lg:hidden`. */
  className?: string;
  /** Said to screen readers where a column of buttons has no visible heading. */
  hiddenHeading?: boolean;
};

/** What the tables of the portal can do. */
export const features = tableFeatures({
  rowSortingFeature,
  sortedRowModel: createSortedRowModel(),
  sortFns: { alphanumeric: sortFn_alphanumeric, text: sortFn_text, datetime: sortFn_datetime },
  columnMeta: metaHelper<ColumnLook>(),
});
export type Features = typeof features;
export type Columns<Row extends RowData> = TableOptions<Features, Row>["columns"];

/** Columns belong at module scope: a new array for each drawing would sort and draw everything anew. */
export function columnHelper<Row extends RowData>(): ColumnHelper<Features, Row> {
  return createColumnHelper<Features, Row>();
}
