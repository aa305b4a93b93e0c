import Link from "next/link";
import { paths } from "#components/paths.ts";
import { DefinitionList } from "#components/ui/definition-list.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { Section } from "#components/ui/section.tsx";
import { Time } from "#components/ui/time.tsx";
import type { IncidentPage } from "#server/api/types.ts";
import {
  incidentSourceWords,
  isOngoing,
  mitigationWords,
  recoverySourceWords,
} from "#server/domain/incident.ts";
import { affectedText } from "./incident-words.ts";

/** Three times, each with its source; how many felt it; what it came with, and who is on it. */
export function IncidentFacts({ page: { incident, events } }: { page: IncidentPage }) {
  const { beganAt, detectedAt, mitigatedAt, mitigation, recoveredAt, recoverySource, change } = incident;
  const looking = [
    ...new Set(events.flatMap(({ kind, byName }) => (kind === "looking" ? (byName ?? []) : []))),
  ];
  const since = (at: string) => (
    <>
      <Duration since={beganAt} until={at} className="font-medium" /> after it began
    </>
  );
  return (
    <Section title="What is known">
      <DefinitionList
        items={[
          { term: "Began", value: <Time at={beganAt} /> },
          {
            term: "Detected",
            value: (
              <>
                {since(detectedAt)} · {incidentSourceWords[incident.source]}
              </>
            ),
          },
          {
            term: "Mitigated",
            value:
              mitigatedAt === null ? (
                <span className="text-muted">Users feel it still</span>
              ) : (
                <>
                  {since(mitigatedAt)} · {mitigation === null ? "" : mitigationWords[mitigation]}
                </>
              ),
          },
          {
            term: "Recovered",
            value:
              recoveredAt === null ? (
                <span className="text-muted">
                  {isOngoing(incident.state)
                    ? "Once the rate is back within its range from before, or somebody says so"
                    : "It was no incident"}
                </span>
              ) : (
                <>
                  {since(recoveredAt)} · {recoverySource === null ? "" : recoverySourceWords[recoverySource]}
                </>
              ),
          },
          { term: "Felt by", value: affectedText(incident) ?? "No request was counted since" },
          {
            term: "Came with",
            value:
              change === null ? (
                "No deployment, as far as anything shows"
              ) : (
                <Link href={paths.deployment(incident.serviceSlug, change.deploymentId)} className="link">
                  {change.releaseNumber === null
                    ? `deployment ${change.deploymentId}`
                    : `#${change.releaseNumber}`}
                </Link>
              ),
          },
          {
            term: "Looking",
            value:
              looking.length === 0 ? (
                <span className="text-muted">Nobody has said so yet</span>
              ) : (
                looking.join(", ")
              ),
          },
        ]}
      />
    </Section>
  );
}
