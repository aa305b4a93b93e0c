"use client";
import { useQuery } from "@tanstack/react-query";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Code } from "#components/ui/code-block.tsx";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { Time } from "#components/ui/time.tsx";
import type { Outputs } from "#server/api/types.ts";
import { auditActionWords } from "#server/domain/audit.ts";
import { auditDifference } from "#server/domain/audit-difference.ts";
import { fromWhere } from "./audit-actor.tsx";
import { DifferenceTable } from "./difference-table.tsx";
import { SubjectLink } from "./subject-link.tsx";

type EntryDialogProps = { id: number | null; onClose: () => void };

/** One entry whole, by an address of its own. */
export function EntryDialog({ id, onClose }: EntryDialogProps) {
  const trpc = useTRPC();
  const query = useQuery(trpc.audit.get.queryOptions({ id: id ?? 0 }, { enabled: id !== null && id > 0 }));
  return (
    <Dialog
      open={id !== null}
      onOpenChange={(open) => !open && onClose()}
      size="large"
      title={query.data === undefined ? `Entry ${id ?? ""}` : auditActionWords(query.data.action)}
    >
      {query.data !== undefined ? (
        <Entry entry={query.data} />
      ) : query.isError ? (
        <Callout tone="failed" role="alert" title="The entry could not be read">
          {requestProblem(query.error).message}
        </Callout>
      ) : (
        <SkeletonLines count={6} />
      )}
    </Dialog>
  );
}

function Entry({ entry }: { entry: Outputs["audit"]["get"] }) {
  const difference = auditDifference(entry.before, entry.after);
  return (
    <div className="flex flex-col gap-5">
      {difference.length > 0 ? (
        <DifferenceTable lines={difference} />
      ) : (
        <p className="text-muted">Nothing was written down beside the act itself.</p>
      )}
      <DefinitionList
        items={[
          { term: "Subject", value: <SubjectLink subject={entry.subject} /> },
          { term: "Who", value: `${entry.actorName}, ${fromWhere(entry)}` },
          { term: "When", value: <Time at={entry.happenedAt} /> },
          { term: "Recorded as", value: <Code>{`${entry.action} ${entry.subject.key}`}</Code> },
          { term: "Place in the chain", value: entry.sequence ?? "none: it was put in past the database" },
          { term: "Hash", value: <Code>{entry.hash ?? "none"}</Code> },
        ]}
      />
    </div>
  );
}
