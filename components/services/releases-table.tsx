"use client";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { byteText } from "#components/deployments/byte-text.ts";
import { DataTable } from "#components/table/data-table.tsx";
import { columnHelper } from "#components/table/features.ts";
import { rowMenuLook } from "#components/table/row-menu.tsx";
import { useTRPC, useTRPCClient } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Digest } from "#components/ui/digest.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { ServicePage } from "#server/api/types.ts";
import type { ReleaseRow } from "#server/domain/read-models.ts";
import { ReleaseArtifact } from "./release-artifact.tsx";
import { ReleaseLink } from "./release-link.tsx";
import { ReleaseMenu } from "./release-menu.tsx";

const column = columnHelper<ReleaseRow>();
const columnsFor = (slug: string) =>
  column.columns([
    column.accessor("number", {
      header: "Release",
      meta: { isTitle: true },
      cell: ({ getValue }) => <ReleaseLink slug={slug} number={getValue()} className="link" />,
    }),
    column.accessor("subject", {
      header: "Commit",
      cell: ({ getValue }) => <span className="wrap-anywhere">{getValue()}</span>,
    }),
    column.accessor("sha", {
      header: "SHA",
      cell: ({ getValue }) => <Digest value={getValue()} kind="commit" />,
    }),
    column.accessor("artifactDigest", {
      header: "Artifact",
      cell: ({ row }) => <ReleaseArtifact release={row.original} />,
    }),
    column.accessor("artifactBytes", {
      header: "Size",
      meta: { align: "end" },
      cell: ({ getValue }) => <span className="whitespace-nowrap">{byteText(getValue())}</span>,
    }),
    column.accessor("badReason", {
      header: "Known of it",
      cell: ({ getValue }) => {
        const badReason = getValue();
        if (badReason === null) return <span className="text-faint">nothing bad</span>;
        return (
          <span className="flex flex-col">
            <Status tone="failed" word="bad" />
            <span className="text-muted text-sm wrap-anywhere">{badReason}</span>
          </span>
        );
      },
    }),
    column.accessor("liveIn", {
      header: "Live in",
      cell: ({ getValue }) =>
        getValue().length === 0 ? (
          <span className="text-faint">nowhere now</span>
        ) : (
          <Status tone="live" word={getValue().join(", ")} />
        ),
    }),
    column.accessor("createdAt", {
      header: "Made",
      cell: ({ getValue }) => <Time at={getValue()} layout="stacked" />,
    }),
    column.display({
      id: "actions",
      header: "Actions",
      meta: rowMenuLook,
      cell: ({ row }) => <ReleaseMenu slug={slug} release={row.original} />,
    }),
  ]);

/** Every commit that was made shippable, newest first. */
export function ReleasesTable({ service }: { service: ServicePage }) {
  const trpc = useTRPC();
  const client = useTRPCClient();
  const columns = useMemo(() => columnsFor(service.slug), [service.slug]);
  const query = useInfiniteQuery({
    queryKey: [...trpc.services.releases.pathKey(), service.slug],
    queryFn: ({ pageParam }) => client.services.releases.query({ slug: service.slug, before: pageParam }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: (page) => page.nextBefore ?? undefined,
  });
  return (
    <div className="flex flex-col items-start gap-4">
      <DataTable
        label={`Releases of ${service.name}`}
        columns={columns}
        rows={query.data?.pages.flatMap((page) => page.items)}
        rowId={(row) => String(row.id)}
        isSortable={false}
        empty={<EmptyState title="No release yet">The first deployment makes release #1.</EmptyState>}
      />
      {query.hasNextPage && (
        <Button loading={query.isFetchingNextPage} onClick={() => void query.fetchNextPage()}>
          Load older releases
        </Button>
      )}
    </div>
  );
}
