"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { Section } from "#components/ui/section.tsx";
import type { Outputs } from "#server/api/types.ts";
import { AuditFilter } from "./audit-filter.tsx";
import { AuditTable } from "./audit-table.tsx";
import { ChainState } from "./chain-state.tsx";
import { EntryDialog } from "./entry-dialog.tsx";
import { ExportMenu } from "./export-menu.tsx";
import { toFilterInput, useAuditFilter } from "./use-audit-filter.ts";
import { VerifyNow } from "./verify-now.tsx";

/** Who changed what, when and from where? And can one believe it? */
export function AuditPage({ check }: { check: Outputs["audit"]["check"] }) {
  const trpc = useTRPC();
  const [filter, setFilter] = useAuditFilter();
  const { data } = useQuery(trpc.audit.check.queryOptions(undefined, { initialData: check }));
  return (
    <Section
      title="Audit log"
      description="Each change of anything, for good: who made it, when and from where."
      actions={<ExportMenu filter={filter} />}
      className="gap-5"
    >
      <ChainState check={data} verify={<VerifyNow />} />
      <AuditFilter filter={filter} onChange={(changed) => void setFilter(changed)} />
      <AuditTable
        filter={toFilterInput(filter)}
        onOpen={(entry) => void setFilter({ entry })}
        onShowAll={() => void setFilter(null)}
      />
      <EntryDialog id={filter.entry} onClose={() => void setFilter({ entry: null })} />
    </Section>
  );
}
