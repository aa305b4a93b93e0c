import { DataTable } from "#components/table/data-table.tsx";
import { columnHelper } from "#components/table/features.ts";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { RouterView } from "#server/domain/read-models.ts";

const column = columnHelper<RouterView>();
const columns = column.columns([
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

export function RouterList({ routers }: { routers: RouterView[] }) {
  return <DataTable label="Routers" columns={columns} rows={routers} rowId={(row) => row.id} empty={null} />;
}
