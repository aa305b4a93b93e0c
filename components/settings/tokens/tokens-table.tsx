"use client";
import { KeyRound } from "lucide-react";
import { useMemo } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { columnHelper } from "#components/table/features.ts";
import { NameCell } from "#components/table/name-cell.tsx";
import { rowMenuLook } from "#components/table/row-menu.tsx";
import { useNow } from "#components/ui/clock.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { isUsable, type TokenRow } from "#server/domain/token.ts";
import { TokenActions } from "./token-actions.tsx";
import type { MadeToken } from "./token-shown.tsx";
import { permissionsInWords, servicesInWords, stateInWords } from "./token-words.ts";

type Told = TokenRow & { onRotated: (made: MadeToken) => void };

const column = columnHelper<Told>();
const columns = column.columns([
  column.accessor("name", {
    header: "Name",
    meta: { isTitle: true },
    cell: ({ row: { original } }) => (
      <NameCell name={original.name} detail={<span className="font-mono">{original.start}…</span>} />
    ),
  }),
  column.accessor("state", { header: "State", cell: ({ row }) => <State token={row.original} /> }),
  column.display({ id: "may", header: "May", cell: ({ row }) => <May {...row.original} /> }),
  column.accessor("madeBy", { header: "Made by" }),
  column.accessor("lastUsedAt", { header: "Last used", cell: ({ row }) => <LastUse {...row.original} /> }),
  column.accessor("expiresAt", { header: "Ends", cell: ({ row }) => <End {...row.original} /> }),
  column.display({
    id: "actions",
    header: "Actions",
    meta: rowMenuLook,
    cell: ({ row: { original } }) => <TokenActions token={original} onRotated={original.onRotated} />,
  }),
]);

export type TokensTableProps = { tokens: TokenRow[]; onRotated: (made: MadeToken) => void };

export function TokensTable({ tokens, onRotated }: TokensTableProps) {
  const rows = useMemo(() => tokens.map((token) => ({ ...token, onRotated })), [tokens, onRotated]);
  return (
    <DataTable
      label="Tokens"
      columns={columns}
      rows={rows}
      rowId={(row) => String(row.id)}
      empty={
        <EmptyState icon={<KeyRound />} title="No token yet">
          Make one for your CI, a chat bot or a script: with it a machine reads, deploys or reports.
        </EmptyState>
      }
    />
  );
}

function State({ token }: { token: Told }) {
  const nowMs = useNow(60_000) ?? Date.parse(token.createdAt);
  return <Status {...stateInWords(token, nowMs)} />;
}

function May(token: Told) {
  return (
    <span className="flex min-w-0 flex-col">
      {permissionsInWords(token)}
      <span className="text-muted text-xs">for {servicesInWords(token)}</span>
    </span>
  );
}

function LastUse({ lastUsedAt, lastUsedAddress }: Told) {
  if (lastUsedAt === null) return <span className="text-muted">never</span>;
  return (
    <span className="flex flex-col">
      <Time at={lastUsedAt} layout="stacked" />
      {lastUsedAddress !== null && (
        <span className="text-faint text-xs wrap-anywhere">from {lastUsedAddress}</span>
      )}
    </span>
  );
}

/** A token that was ended before its time has no end to come. */
function End({ state, expiresAt }: Told) {
  if (!isUsable(state) && state !== "expired") return <span className="text-muted">–</span>;
  return <Time at={expiresAt} layout="stacked" />;
}
