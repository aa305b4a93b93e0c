"use client";
import { KeyRound } from "lucide-react";
import { type ReactNode, useMemo } from "react";
import { DataTable } from "#components/table/data-table.tsx";
import { columnHelper } from "#components/table/features.ts";
import { useNow } from "#components/ui/clock.ts";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { isUsable, type TokenRow } from "#server/domain/token.ts";
import { RevokeToken } from "./revoke-token.tsx";
import { RotateToken } from "./rotate-token.tsx";
import type { MadeToken } from "./token-shown.tsx";
import { permissionsInWords, servicesInWords, stateInWords } from "./token-words.ts";

type Told = TokenRow & { onRotated: (made: MadeToken) => void };

const column = columnHelper<Told>();
const columns = column.columns([
  column.accessor("name", {
    header: "Token",
    meta: { isTitle: true },
    cell: ({ row }) => <Name {...row.original} />,
  }),
  column.accessor("state", { header: "State", cell: ({ row }) => <State token={row.original} /> }),
  column.display({ id: "may", header: "May", cell: ({ row }) => permissionsInWords(row.original) }),
  column.display({
    id: "services",
    header: "For",
    cell: ({ row }) => <span className="wrap-anywhere">{servicesInWords(row.original)}</span>,
  }),
  column.accessor("madeBy", { header: "Made by" }),
  column.accessor("lastUsedAt", { header: "Last used", cell: ({ row }) => <LastUse {...row.original} /> }),
  column.accessor("expiresAt", {
    header: "Ends",
    cell: ({ row }) => <End {...row.original} />,
  }),
  column.display({
    id: "acts",
    header: "What can be done",
    meta: { align: "end", hiddenHeading: true },
    cell: ({ row }) => <Acts token={row.original} />,
  }),
]);

export type TokenListProps = {
  tokens: TokenRow[];
  /** The button that makes one. */
  make: ReactNode;
  onRotated: (made: MadeToken) => void;
};

export function TokenList({ tokens, make, onRotated }: TokenListProps) {
  const rows = useMemo(() => tokens.map((token) => ({ ...token, onRotated })), [tokens, onRotated]);
  return (
    <DataTable
      label="Tokens"
      columns={columns}
      rows={rows}
      rowId={(row) => String(row.id)}
      empty={
        <EmptyState icon={<KeyRound />} title="No token yet" actions={make}>
          A token lets a machine deploy, read or report: your CI, a chat bot, a script.
        </EmptyState>
      }
    />
  );
}

function Name({ name, start }: Told) {
  return (
    <span className="flex flex-col">
      <span className="font-medium wrap-anywhere">{name}</span>
      <span className="font-mono text-muted text-xs">{start}…</span>
    </span>
  );
}

function State({ token }: { token: Told }) {
  const nowMs = useNow(60_000) ?? Date.parse(token.createdAt);
  return <Status {...stateInWords(token, nowMs)} />;
}

function LastUse({ lastUsedAt, lastUsedAddress }: Told) {
  if (lastUsedAt === null) return <span className="text-faint">never</span>;
  return (
    <span className="flex flex-col">
      <Time at={lastUsedAt} layout="stacked" />
      {lastUsedAddress !== null && <span className="text-muted text-xs">from {lastUsedAddress}</span>}
    </span>
  );
}

/** A token that was ended before its time has no end to come. */
function End({ state, expiresAt }: Told) {
  if (!isUsable(state) && state !== "expired") return <span className="text-faint">–</span>;
  return <Time at={expiresAt} layout="stacked" />;
}

function Acts({ token }: { token: Told }) {
  if (!isUsable(token.state)) return null;
  return (
    <span className="inline-flex flex-wrap gap-2">
      {token.state === "active" && <RotateToken token={token} onRotated={token.onRotated} />}
      <RevokeToken token={token} />
    </span>
  );
}
