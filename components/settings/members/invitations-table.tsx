"use client";
import { useMutation } from "@tanstack/react-query";
import { roleWords } from "#components/identity/role-words.ts";
import { DataTable } from "#components/table/data-table.tsx";
import { columnHelper } from "#components/table/features.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { wrappingClass } from "#components/ui/button-class.ts";
import { Time } from "#components/ui/time.tsx";
import type { InvitationRow } from "#server/api/types.ts";
import { useAct } from "../use-act.ts";

const column = columnHelper<InvitationRow>();
const columns = column.columns([
  column.accessor("email", { header: "For", meta: { isTitle: true } }),
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
    meta: { hiddenHeading: true, align: "end" },
    cell: ({ row }) => <RevokeLink invitation={row.original} />,
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
      isSortable={false}
      empty={<p className="py-3 text-muted">No link is open.</p>}
    />
  );
}

function RevokeLink({ invitation }: { invitation: InvitationRow }) {
  const trpc = useTRPC();
  const act = useAct(trpc.members.pathKey());
  const revoke = useMutation(trpc.members.revokeInvitation.mutationOptions());
  const { id, email } = invitation;
  return (
    <Button
      size="small"
      className={wrappingClass}
      loading={revoke.isPending}
      onClick={() =>
        void act(() => revoke.mutateAsync({ invitationId: id }), `The link for ${email} no longer works.`)
      }
    >
      Revoke the link for {email}
    </Button>
  );
}
