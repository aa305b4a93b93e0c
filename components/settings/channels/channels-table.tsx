"use client";
import { Megaphone } from "lucide-react";
import Link from "next/link";
import { paths } from "#components/paths.ts";
import { DataTable } from "#components/table/data-table.tsx";
import { columnHelper } from "#components/table/features.ts";
import { NameCell } from "#components/table/name-cell.tsx";
import { EmptyState } from "#components/ui/empty-state.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { type ChannelView, channelKindNames } from "#server/domain/broadcast.ts";
import { channelLook, countInWords, ruleInWords } from "./channel-words.ts";

const column = columnHelper<ChannelView>();
const columns = column.columns([
  column.accessor("name", {
    header: "Name",
    meta: { isTitle: true },
    cell: ({ row: { original } }) => (
      <NameCell
        name={
          <Link href={paths.channel(original.id)} className="link">
            {original.name}
          </Link>
        }
        detail={`${channelKindNames[original.kind]}${original.isPublic ? ", read in public" : ""}`}
      />
    ),
  }),
  column.display({
    id: "state",
    header: "State",
    cell: ({ row: { original } }) => <Status {...channelLook(original)} />,
  }),
  column.display({
    id: "rules",
    header: "Told",
    cell: ({ row: { original } }) => <Rules channel={original} />,
  }),
  column.accessor("lastDeliveredAt", {
    header: "Last delivery",
    cell: ({ getValue }) => {
      const at = getValue();
      return at === null ? <span className="text-faint">none yet</span> : <Time at={at} layout="relative" />;
    },
  }),
  column.accessor("dead", {
    header: "Undelivered",
    cell: ({ getValue }) =>
      getValue() === 0 ? <span className="text-faint">none</span> : countInWords(getValue()),
  }),
]);

function Rules({ channel: { rules } }: { channel: ChannelView }) {
  if (rules.length === 0) return <span className="text-faint">nothing</span>;
  return (
    <ul className="flex flex-col text-sm">
      {rules.map((rule) => (
        <li key={`${rule.serviceSlug} ${rule.environmentSlug} ${rule.events}`} className="wrap-anywhere">
          {ruleInWords(rule)}
        </li>
      ))}
    </ul>
  );
}

export function ChannelsTable({ channels }: { channels: ChannelView[] }) {
  return (
    <DataTable
      label="Channels"
      columns={columns}
      rows={channels}
      rowId={(row) => String(row.id)}
      empty={
        <EmptyState icon={<Megaphone />} title="Nobody is told yet">
          Add a channel, and everybody in it reads what is deployed as it happens.
        </EmptyState>
      }
    />
  );
}
