import Link from "next/link";
import { deploymentTitle } from "#components/deployments/deployment-words.ts";
import { paths } from "#components/paths.ts";
import { DataTable } from "#components/table/data-table.tsx";
import { columnHelper } from "#components/table/features.ts";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { WorkerView } from "#server/domain/read-models.ts";

const column = columnHelper<WorkerView>();
const columns = column.columns([
  column.accessor("name", { header: "Worker", meta: { isTitle: true } }),
  column.display({ id: "state", header: "State", cell: ({ row }) => <WorkerState worker={row.original} /> }),
  column.accessor("running", {
    header: "Runs",
    cell: ({ row }) => <Running worker={row.original} />,
  }),
  column.accessor("instanceCount", { header: "Instances", meta: { align: "end" } }),
  column.display({
    id: "where",
    header: "Where",
    cell: ({ row }) => `${row.original.host}, process ${row.original.pid}`,
  }),
  column.accessor("startedAt", {
    header: "Started",
    cell: ({ getValue }) => <Time at={getValue()} layout="stacked" />,
  }),
  column.accessor("heartbeatAt", {
    header: "Last heartbeat",
    cell: ({ getValue }) => <Time at={getValue()} layout="stacked" />,
  }),
]);

export function WorkerList({ workers }: { workers: WorkerView[] }) {
  return (
    <DataTable
      label="Workers"
      columns={columns}
      rows={workers}
      rowId={(row) => String(row.id)}
      empty={null}
    />
  );
}

function WorkerState({ worker }: { worker: WorkerView }) {
  if (worker.isAlive) return <Status tone="live" word="alive" />;
  if (worker.stoppedAt !== null) return <Status tone="waiting" word="stopped" />;
  return <Status tone="failed" word="silent" />;
}

function Running({ worker }: { worker: WorkerView }) {
  if (worker.running.length === 0)
    return <span className="text-muted">nothing, room for {worker.capacity}</span>;
  return (
    <ul>
      {worker.running.map((deployment) => (
        <li key={deployment.id}>
          <Link href={paths.deployment(deployment.serviceSlug, deployment.id)} className="link">
            {deployment.serviceName}: {deploymentTitle(deployment)}
          </Link>
        </li>
      ))}
    </ul>
  );
}
