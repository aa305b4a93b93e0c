"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { paths } from "#components/paths.ts";
import { DataTable } from "#components/table/data-table.tsx";
import { columnHelper } from "#components/table/features.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Inputs } from "#server/api/types.ts";
import { without } from "#server/domain/condition-words.ts";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import { deploymentStatusLook, deploymentTitle, kindIcons } from "./deployment-words.ts";
import { ScheduledTime } from "./scheduled-time.tsx";

export type DeploymentFilter = Omit<Inputs["deployments"]["list"], "before" | "cursor" | "limit">;
export type DeploymentsTableProps = { filter: DeploymentFilter; hideService?: boolean };

const column = columnHelper<DeploymentBrief>();

const what = column.display({
  id: "what",
  header: "Deployment",
  meta: { isTitle: true },
  cell: ({ row }) => <TitleCell deployment={row.original} />,
});
const service = column.accessor("serviceName", { header: "Service" });
const rest = [
  column.display({
    id: "status",
    header: "Status",
    cell: ({ row }) => <StatusCell deployment={row.original} />,
  }),
  column.accessor("subject", {
    header: "Commit",
    cell: ({ row }) => (
      <span className="wrap-anywhere">
        <span className="font-mono">{row.original.sha.slice(0, 7)}</span> {row.original.subject}
      </span>
    ),
  }),
  column.accessor("requestedByName", { header: "Asked by", cell: ({ getValue }) => getValue() ?? "" }),
  column.accessor("requestedAt", {
    header: "When",
    cell: ({ getValue }) => <Time at={getValue()} layout="stacked" />,
  }),
  column.accessor("durationMs", {
    header: "Took",
    meta: { align: "end" },
    cell: ({ getValue }) => {
      const durationMs = getValue();
      return durationMs === null ? "" : <Duration ms={durationMs} />;
    },
  }),
];
const columns = column.columns([what, service, ...rest]);
const columnsOfOneService = column.columns([what, ...rest]);

/** Deployments, newest first, page by page. */
export function DeploymentsTable({ filter, hideService = false }: DeploymentsTableProps) {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.deployments.list.infiniteQueryOptions(filter, {
      getNextPageParam: (page) => page.nextBefore ?? undefined,
    }),
  );
  return (
    <div className="flex flex-col items-start gap-4">
      <DataTable
        label="Deployments"
        columns={hideService ? columnsOfOneService : columns}
        rows={query.data?.pages.flatMap((page) => page.items)}
        rowId={(row) => String(row.id)}
        rowHref={(row) => paths.deployment(row.serviceSlug, row.id)}
        isSortable={false}
        empty={<EmptyState title="No deployment">None so far, or none that fits the filter.</EmptyState>}
      />
      {query.hasNextPage && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Load older deployments
        </Button>
      )}
    </div>
  );
}

/** What was overridden is said wherever the deployment is listed. */
function TitleCell({ deployment }: { deployment: DeploymentBrief }) {
  const { overridden, kind } = deployment;
  const Icon = kindIcons[kind];
  return (
    <span className="flex flex-col">
      <span className="flex items-center gap-2">
        <Icon aria-hidden className="size-4 shrink-0 text-muted" />
        {deploymentTitle(deployment)}
      </span>
      {overridden.length > 0 && (
        <span className="font-normal text-attention text-sm">{without(overridden)}</span>
      )}
    </span>
  );
}

function StatusCell({ deployment }: { deployment: DeploymentBrief }) {
  const look = deploymentStatusLook(deployment);
  const step = deployment.status === "failed" ? deployment.failedStep : deployment.currentStep;
  const at = deployment.status === "failed" ? " at " : ": ";
  return (
    <span className="flex flex-col">
      <Status
        tone={look.tone}
        icon={look.icon}
        word={step === null ? look.word : `${look.word}${at}${step}`}
      />
      <ScheduledTime deployment={deployment} layout="stacked" />
    </span>
  );
}
