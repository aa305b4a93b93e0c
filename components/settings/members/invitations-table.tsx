"use client";
import { useMutation } from "@tanstack/react-query";
import { Ban } from "lucide-react";
import { roleWords } from "#components/identity/role-words.ts";
import { DataTable } from "#components/table/data-table.tsx";
import { columnHelper } from "#components/table/features.ts";
import { NameCell } from "#components/table/name-cell.tsx";
import { RowMenu, rowMenuLook } from "#components/table/row-menu.tsx";
import { useTRPC } from "#components/trpc.tsx";
import { MenuItem } from "#components/ui/menu.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import type { InvitationRow } from "#server/api/types.ts";

const column = columnHelper<InvitationRow>();
const columns = column.columns([
  column.accessor("email", {
    header: "For",
    meta: { isTitle: true },
    cell: ({ getValue }) => <NameCell name={getValue()} />,
  }),
  column.display({
    id: "purpose",
    header: "What it does",
    cell: ({ row: { original } }) =>
      original.resetsFor === null
        ? `Invites ${roleWords[original.role].name}`
        : `Sets a new password for ${original.resetsFor}`,
  }),
  column.accessor("expiresAt", {
    header: "Works until",
    cell: ({ getValue }) => <Time at={getValue()} layout="stacked" />,
  }),
  column.display({
    id: "actions",
    header: "Actions",
    meta: rowMenuLook,
    cell: ({ row }) => <LinkActions invitation={row.original} />,
  }),
]);

export function InvitationsTable({ rows }: { rows: InvitationRow[] | undefined }) {
  return (
    <DataTable
      label="Open links"
      columns={columns}
      rows={rows}
      rowId={(row) => String(row.id)}
      skeletonRows={1}
      empty={
        <p className="py-3 text-muted">
          No link is open. Inviting a member makes one, and so does a password link.
        </p>
      }
    />
  );
}

function LinkActions({ invitation }: { invitation: InvitationRow }) {
  const trpc = useTRPC();
  const act = useAct(trpc.members.pathKey());
  const revoke = useMutation(trpc.members.revokeInvitation.mutationOptions());
  const { id, email } = invitation;
  const end = () =>
    act(() => revoke.mutateAsync({ invitationId: id }), `The link for ${email} no longer works.`);
  return (
    <RowMenu of={`the link for ${email}`}>
      <MenuItem icon={<Ban />} danger onClick={() => void end()}>
        Revoke the link for {email}
      </MenuItem>
    </RowMenu>
  );
}
