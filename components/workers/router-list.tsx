import { DataTable } from "#components/table/data-table.tsx";
import { type Columns, columnHelper } from "#components/table/features.ts";
import { rowMenuLook } from "#components/table/row-menu.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RouterView } from "#server/domain/worker-views.ts";
import { ForgetRouter } from "./forget.tsx";

const column = columnHelper<RouterView>();
const columns: Columns<RouterView> = column.columns([
  column.accessor("name", { header: "Router", meta: { isTitle: true } }),
  column.accessor("isAlive", {
    header: "State",
    cell: ({ getValue }) =>
      getValue() ? <Status tone="live" word="alive" /> : <Status tone="failed" word="silent" />,
  }),
  column.accessor("pid", { header: "Process", meta: { align: "end" } }),
  column.accessor("startedAt", {
    header: "Started",
    cell: ({ getValue }) => <Time at={getValue()} layout="stacked" />,
  }),
  column.accessor("heartbeatAt", {
    header: "Last heartbeat",
    cell: ({ getValue }) => <Time at={getValue()} layout="stacked" />,
  }),
]);
const columnsWithActions: Columns<RouterView> = column.columns([
  ...columns,
  column.display({
    id: "actions",
    header: "Actions",
    meta: rowMenuLook,
    cell: ({ row }) => <ForgetRouter router={row.original} />,
  }),
]);

export function RouterList({ routers, manages }: { routers: RouterView[]; manages: boolean }) {
  return (
    <DataTable
      label="Routers"
      columns={manages ? columnsWithActions : columns}
      rows={routers}
      rowId={(row) => row.id}
      empty={null}
    />
  );
}
