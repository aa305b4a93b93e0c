"use client";
import { roleWords } from "#components/identity/role-words.ts";
import { DataTable } from "#components/table/data-table.tsx";
import { type Columns, columnHelper } from "#components/table/features.ts";
import { Time } from "#components/ui/time.tsx";
import type { MemberRow, Outputs } from "#server/api/types.ts";
import { MemberActions } from "./member-actions.tsx";
import { ReopenMembership } from "./reopen-membership.tsx";
import { waysIn } from "./ways-in.ts";

export type Providers = Outputs["members"]["list"]["providers"];
type Row = MemberRow & { providers: Providers };

const column = columnHelper<Row>();
const name = column.accessor("name", {
  header: "Name",
  meta: { isTitle: true },
  cell: ({ row }) => <Person member={row.original} />,
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
    cell: ({ row }) => <LastSignIn at={row.original.details?.lastSignInAt ?? null} />,
  }),
  column.display({
    id: "ways",
    header: "Signs in by",
    cell: ({ row }) => waysIn(row.original.details, row.original.providers),
  }),
  column.display({
    id: "actions",
    header: "Actions",
    meta: { hiddenHeading: true, align: "end", className: "max-sm:absolute max-sm:top-2 max-sm:right-0" },
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
      isSortable={false}
    />
  );
}

const left = column.accessor("leftAt", {
  header: "Left",
  cell: ({ getValue }) => <LastSignIn at={getValue()} />,
});
const formerColumns: Columns<Row> = column.columns([name, left]);
const formerColumnsOfAdministrators: Columns<Row> = column.columns([
  name,
  left,
  column.display({
    id: "back",
    header: "Actions",
    meta: { hiddenHeading: true, align: "end" },
    cell: ({ row }) => <ReopenMembership member={row.original} />,
  }),
]);

export function FormerMembersTable({ members, manages }: Omit<MembersTableProps, "providers">) {
  return (
    <DataTable
      label="People who left"
      columns={manages ? formerColumnsOfAdministrators : formerColumns}
      rows={members.map((member) => ({ ...member, providers: [] }))}
      rowId={(row) => String(row.id)}
      empty={null}
      isSortable={false}
    />
  );
}

function Person({ member }: { member: MemberRow }) {
  return (
    <span className="flex min-w-0 flex-col py-1 max-sm:pr-10">
      <span className="font-medium wrap-anywhere">{member.name}</span>
      {member.details !== null && (
        <span className="text-muted text-sm wrap-anywhere">{member.details.email}</span>
      )}
    </span>
  );
}

function LastSignIn({ at }: { at: string | null }) {
  return at === null ? <span className="text-muted">never</span> : <Time at={at} layout="stacked" />;
}
