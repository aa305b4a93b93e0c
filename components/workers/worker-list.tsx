import Link from "next/link";
import { deploymentTitle } from "#components/deployments/deployment-words.ts";
import { paths } from "#components/paths.ts";
import { DataTable } from "#components/table/data-table.tsx";
import { type Columns, columnHelper } from "#components/table/features.ts";
import { rowMenuLook } from "#components/table/row-menu.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { ProgressBar } from "#components/ui/progress-bar.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import type { WorkerView } from "#server/domain/worker-views.ts";
import { ForgetWorker } from "./forget.tsx";

const column = columnHelper<WorkerView>();
const columns: Columns<WorkerView> = column.columns([
  column.accessor("name", {
    header: "Worker",
    meta: { isTitle: true },
    cell: ({ row }) => <Name worker={row.original} />,
  }),
  column.display({ id: "state", header: "State", cell: ({ row }) => <WorkerState worker={row.original} /> }),
  column.display({ id: "labels", header: "Labels", cell: ({ row }) => <Labels worker={row.original} /> }),
  column.display({
    id: "capacity",
    header: "Busy",
    meta: { className: "whitespace-nowrap" },
    cell: ({ row }) => `${row.original.running.length} of ${row.original.capacity}`,
  }),
  column.accessor("running", { header: "Runs", cell: ({ row }) => <Running worker={row.original} /> }),
  column.accessor("instanceCount", { header: "Instances", meta: { align: "end" } }),
  column.accessor("startedAt", {
    header: "Started",
    cell: ({ row }) => <Life worker={row.original} />,
  }),
  column.accessor("heartbeatAt", {
    header: "Last heartbeat",
    cell: ({ getValue }) => <Time at={getValue()} layout="stacked" />,
  }),
]);
const columnsWithActions: Columns<WorkerView> = column.columns([
  ...columns,
  column.display({
    id: "actions",
    header: "Actions",
    meta: rowMenuLook,
    cell: ({ row }) => <ForgetWorker worker={row.original} />,
  }),
]);

export function WorkerList({ workers, manages }: { workers: WorkerView[]; manages: boolean }) {
  return (
    <DataTable
      label="Workers"
      columns={manages ? columnsWithActions : columns}
      rows={workers}
      rowId={(row) => String(row.id)}
      empty={null}
    />
  );
}

function Name({ worker }: { worker: WorkerView }) {
  return (
    <span className="flex flex-col">
      <span className="wrap-anywhere">{worker.name}</span>
      <span className="font-normal text-muted text-xs wrap-anywhere">
        {worker.host}, process {worker.pid}
      </span>
    </span>
  );
}

function WorkerState({ worker }: { worker: WorkerView }) {
  if (worker.isAlive) return <Status tone="live" word="alive" />;
  if (worker.stoppedAt !== null) return <Status tone="waiting" word="stopped" />;
  return <Status tone="failed" word="silent" />;
}

function Labels({ worker }: { worker: WorkerView }) {
  if (worker.labels.length === 0) return <span className="text-muted">none</span>;
  return (
    <span className="inline-flex flex-wrap gap-1 max-sm:justify-end">
      {worker.labels.map((label) => (
        <Badge key={label} className="font-mono">
          {label}
        </Badge>
      ))}
    </span>
  );
}

function Running({ worker }: { worker: WorkerView }) {
  if (worker.running.length === 0) return <span className="text-muted">nothing</span>;
  return (
    <ul className="flex flex-col gap-1.5">
      {worker.running.map((deployment) => (
        <RunningDeployment key={deployment.id} deployment={deployment} />
      ))}
    </ul>
  );
}

function RunningDeployment({ deployment }: { deployment: DeploymentBrief }) {
  const title = `${deployment.serviceName}: ${deploymentTitle(deployment)}`;
  return (
    <li className="flex flex-col gap-1">
      <span>
        <Link href={paths.deployment(deployment.serviceSlug, deployment.id)} className="link">
          {title}
        </Link>
        {deployment.currentStep !== null && <span className="text-muted"> · {deployment.currentStep}</span>}
      </span>
      <ProgressBar label={`Progress of ${title}`} share={deployment.progress} />
    </li>
  );
}

function Life({ worker: { startedAt, stoppedAt } }: { worker: WorkerView }) {
  if (stoppedAt === null) return <Time at={startedAt} layout="stacked" />;
  return (
    <span className="flex flex-col">
      <Time at={startedAt} layout="relative" />
      <span className="text-muted text-xs">
        stopped <Time at={stoppedAt} layout="relative" />
      </span>
    </span>
  );
}
