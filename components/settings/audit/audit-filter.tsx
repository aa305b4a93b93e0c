"use client";
import { useQuery } from "@tanstack/react-query";
import { Search } from "lucide-react";
import { useTRPC } from "#components/trpc.tsx";
import { Field } from "#components/ui/field.tsx";
import { Input } from "#components/ui/input.tsx";
import { Select } from "#components/ui/select.tsx";
import { type ActorKind, auditActionWords } from "#server/domain/audit.ts";
import { actorKindWords } from "./actor-words.ts";
import type { ChosenAuditFilter } from "./use-audit-filter.ts";

const any = "any";
const actorOptions = [
  { value: any, label: "Anybody" },
  ...Object.entries(actorKindWords).map(([value, label]) => ({ value, label })),
];

type AuditFilterProps = {
  filter: ChosenAuditFilter;
  onChange: (changed: Partial<ChosenAuditFilter>) => void;
};

export function AuditFilter({ filter, onChange }: AuditFilterProps) {
  const trpc = useTRPC();
  const actions = useQuery(trpc.audit.actions.queryOptions()).data ?? [];
  const known =
    filter.action === null || actions.includes(filter.action) ? actions : [...actions, filter.action];
  const orNull = (text: string) => (text === "" || text === any ? null : text);
  return (
    <search className="grid grid-cols-2 items-end gap-x-2 gap-y-3 lg:grid-cols-[minmax(12rem,1fr)_14rem_9rem_9rem_9rem]">
      <Field label="Search" className="max-lg:col-span-2">
        <Input
          type="search"
          data-shortcut="search"
          placeholder="Subject, action or name"
          icon={<Search />}
          value={filter.text ?? ""}
          onChange={(event) => onChange({ text: orNull(event.target.value) })}
        />
      </Field>
      <Field label="Action">
        <Select
          options={[
            { value: any, label: "Every action" },
            ...known.map((value) => ({ value, label: auditActionWords(value), hint: value })),
          ]}
          value={filter.action ?? any}
          onValueChange={(value) => onChange({ action: orNull(value) })}
        />
      </Field>
      <Field label="Who">
        <Select
          options={actorOptions}
          value={filter.actor ?? any}
          onValueChange={(value) => onChange({ actor: orNull(value) as ActorKind | null })}
        />
      </Field>
      <Field label="From day">
        <Input
          type="date"
          value={filter.from ?? ""}
          max={filter.to ?? undefined}
          onChange={(event) => onChange({ from: orNull(event.target.value) })}
        />
      </Field>
      <Field label="To day">
        <Input
          type="date"
          value={filter.to ?? ""}
          min={filter.from ?? undefined}
          onChange={(event) => onChange({ to: orNull(event.target.value) })}
        />
      </Field>
    </search>
  );
}
