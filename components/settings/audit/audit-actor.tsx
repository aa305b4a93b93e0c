import { Badge } from "#components/ui/badge.tsx";
import { PersonName } from "#components/ui/person-name.tsx";
import type { AuditEntry } from "#server/domain/audit.ts";

/** Who, and below it from where. */
export function AuditActor({ entry }: { entry: AuditEntry }) {
  return (
    <span className="inline-flex flex-col max-sm:items-end">
      <span className="inline-flex flex-wrap items-center gap-1.5">
        <PersonName name={entry.actorName} />
        {entry.actorKind === "token" && <Badge>token</Badge>}
      </span>
      <span className="text-faint text-xs wrap-anywhere">{fromWhere(entry)}</span>
    </span>
  );
}

export function fromWhere({ actorKind, actorAddress }: AuditEntry): string {
  if (actorAddress !== null) return `from ${actorAddress}`;
  return actorKind === "system" ? "Anytime itself" : "address not recorded";
}
