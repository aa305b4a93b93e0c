import Link from "next/link";
import { paths } from "#components/paths.ts";
import { Badge } from "#components/ui/badge.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { isOngoing } from "#server/domain/incident.ts";
import type { IncidentBrief } from "#server/domain/incident-views.ts";
import { affectedText, incidentLook, placeOf, severityWord } from "./incident-words.ts";

/** What users felt, where, and for how long. */
export function IncidentLine({ incident }: { incident: IncidentBrief }) {
  const { id, title, beganAt, recoveredAt, state } = incident;
  const severity = severityWord(incident);
  return (
    <li className="flex flex-wrap items-baseline gap-x-3 gap-y-1 py-3">
      <Status {...incidentLook(incident)} className="sm:w-44" />
      <span className="min-w-0 grow basis-80 wrap-anywhere">
        <Link href={paths.incident(id)} className="link font-medium">
          {placeOf(incident)}
        </Link>{" "}
        {severity !== null && <Badge tone={severity === "minor" ? "waiting" : "attention"}>{severity}</Badge>}
        <span className="block text-muted text-sm">
          {title}
          {affectedText(incident) !== null && ` · ${affectedText(incident)} felt it`}
        </span>
      </span>
      <span className="flex gap-x-3 text-faint text-sm">
        {isOngoing(state) ? (
          <Duration since={beganAt} />
        ) : (
          recoveredAt !== null && <Duration since={beganAt} until={recoveredAt} />
        )}
        <Time at={beganAt} layout="relative" />
      </span>
    </li>
  );
}
