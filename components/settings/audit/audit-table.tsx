"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { ScrollText, SearchX } from "lucide-react";
import { requestProblem } from "#components/request-problem.ts";
import { DataTable } from "#components/table/data-table.tsx";
import { columnHelper } from "#components/table/features.ts";
import { rowMenuLook } from "#components/table/row-menu.tsx";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Time } from "#components/ui/time.tsx";
import { type AuditEntry, auditActionWords } from "#server/domain/audit.ts";
import { AuditActor } from "./audit-actor.tsx";
import { SubjectLink } from "./subject-link.tsx";
import type { AuditFilterInput } from "./use-audit-filter.ts";

/** A row with the way to open it: cells are at module scope and know nothing of the page. */
type Row = AuditEntry & { open(): void };

const column = columnHelper<Row>();
const columns = column.columns([
  column.accessor("happenedAt", {
    header: "When",
    cell: ({ getValue }) => <Time at={getValue()} layout="stacked" />,
  }),
  column.accessor("actorName", { header: "Who", cell: ({ row }) => <AuditActor entry={row.original} /> }),
  column.accessor("action", {
    header: "What",
    meta: { isTitle: true },
    cell: ({ getValue }) => (
      <span title={getValue()} className="font-medium max-sm:pr-20">
        {auditActionWords(getValue())}
      </span>
    ),
  }),
  column.accessor("subject", {
    header: "Subject",
    cell: ({ getValue }) => <SubjectLink subject={getValue()} />,
  }),
  column.display({
    id: "details",
    header: "Details",
    meta: rowMenuLook,
    cell: ({ row }) => (
      <Button
        size="small"
        variant="quiet"
        aria-label={`Look at entry ${row.original.id}: ${auditActionWords(row.original.action)}, ${row.original.subject.text}`}
        onClick={row.original.open}
      >
        Details
      </Button>
    ),
  }),
]);

type AuditTableProps = {
  filter: AuditFilterInput;
  onOpen: (id: number) => void;
  /** Takes everything out of the filter. */
  onShowAll: () => void;
};

/** Entries, newest first, page by page. */
export function AuditTable({ filter, onOpen, onShowAll }: AuditTableProps) {
  const trpc = useTRPC();
  const query = useInfiniteQuery(
    trpc.audit.list.infiniteQueryOptions(filter, {
      getNextPageParam: (page) => page.nextBefore ?? undefined,
    }),
  );
  const entries = query.data?.pages.flatMap((page) => page.items);
  const rows = entries?.map((entry) => ({ ...entry, open: () => onOpen(entry.id) }));
  if (query.isError && rows === undefined) {
    return (
      <Callout
        tone="failed"
        role="alert"
        title="The audit log could not be read"
        actions={<Button onClick={() => void query.refetch()}>Try again</Button>}
      >
        {requestProblem(query.error).message}
      </Callout>
    );
  }
  return (
    <div className="flex flex-col gap-4">
      <DataTable
        label="Audit log"
        columns={columns}
        rows={rows}
        rowId={(row) => String(row.id)}
        isSortable={false}
        skeletonRows={10}
        empty={
          Object.keys(filter).length > 0 ? (
            <NothingFits hasMore={query.hasNextPage} onShowAll={onShowAll} />
          ) : (
            <EmptyState icon={<ScrollText />} title="No entry yet">
              Each change of anything will stand here, for good.
            </EmptyState>
          )
        }
      />
      {query.hasNextPage && (
        <Button
          className="self-start"
          loading={query.isFetchingNextPage}
          onClick={() => void query.fetchNextPage()}
        >
          Look at older entries
        </Button>
      )}
    </div>
  );
}

function NothingFits({ hasMore, onShowAll }: { hasMore: boolean; onShowAll: () => void }) {
  return (
    <EmptyState
      icon={<SearchX />}
      title="No entry fits the filter"
      actions={<Button onClick={onShowAll}>Show every entry</Button>}
    >
      {hasMore
        ? "None of the newest that were looked at does; older ones may."
        : "Take something out of it, or all."}
    </EmptyState>
  );
}
