"use client";
import { roleWords } from "#components/identity/role-words.ts";
import { DataTable } from "#components/table/data-table.tsx";
import { type Columns, columnHelper } from "#components/table/features.ts";
import { NameCell } from "#components/table/name-cell.tsx";
import { rowMenuLook } from "#components/table/row-menu.tsx";
import { Time } from "#components/ui/time.tsx";
import type { MemberRow, Outputs } from "#server/api/types.ts";
import { FormerMemberActions } from "./former-member-actions.tsx";
import { MemberActions } from "./member-actions.tsx";

import { waysIn } from "./ways-in.ts";

export type Providers = Outputs["members"]["list"]["providers"];
type Row = MemberRow & { providers: Providers };

const column = columnHelper<Row>();
const name = column.accessor("name", {
  header: "Name",
  meta: { isTitle: true },
  cell: ({ row: { original } }) => <NameCell name={original.name} detail={original.details?.email} />,
});
const role = column.accessor("role", {
  header: "Role",
  cell: ({ getValue }) => roleWords[getValue()].label,
});
const teams = column.display({
  id: "teams",
  header: "Teams",
  cell: ({ row }) => row.original.teams.join(", ") || <span className="text-muted">none</span>,
});
const columns: Columns<Row> = column.columns([name, role, teams]);
const columnsOfAdministrators: Columns<Row> = column.columns([
  name,
  role,
  teams,
  column.display({
    id: "lastSignIn",
    header: "Last sign-in",
    cell: ({ row }) => <When at={row.original.details?.lastSignInAt ?? null} />,
  }),
  column.display({
    id: "ways",
    header: "Signs in with",
    cell: ({ row }) => waysIn(row.original.details, row.original.providers),
  }),
  column.display({
    id: "actions",
    header: "Actions",
    meta: rowMenuLook,
    cell: ({ row }) => <MemberActions member={row.original} />,
  }),
]);

type MembersTableProps = { members: MemberRow[]; providers: Providers; manages: boolean };

export function MembersTable({ members, providers, manages }: MembersTableProps) {
  return (
    <DataTable
      label="Members"
      columns={manages ? columnsOfAdministrators : columns}
      rows={members.map((member) => ({ ...member, providers }))}
      rowId={(row) => String(row.id)}
      empty={null}
    />
  );
}

const left = column.accessor("leftAt", {
  header: "Left",
  cell: ({ getValue }) => <When at={getValue()} />,
});
const formerColumns: Columns<Row> = column.columns([name, left]);
const formerColumnsOfAdministrators: Columns<Row> = column.columns([
  name,
  left,
  column.display({
    id: "back",
    header: "Actions",
    meta: rowMenuLook,
    cell: ({ row }) => <FormerMemberActions member={row.original} />,
  }),
]);

export function FormerMembersTable({ members, manages }: Omit<MembersTableProps, "providers">) {
  return (
    <DataTable
      label="Former members"
      columns={manages ? formerColumnsOfAdministrators : formerColumns}
      rows={members.map((member) => ({ ...member, providers: [] }))}
      rowId={(row) => String(row.id)}
      empty={null}
    />
  );
}

function When({ at }: { at: string | null }) {
  return at === null ? <span className="text-muted">never</span> : <Time at={at} layout="stacked" />;
}
