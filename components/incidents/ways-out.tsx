import Link from "next/link";
import { ActionLink } from "#components/deployments/action-link.tsx";
import { paths } from "#components/paths.ts";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { Section } from "#components/ui/section.tsx";
import type { WaysOut as Ways } from "#server/api/types.ts";
import { formatDurationMs } from "#server/domain/durations.ts";
import type { IncidentBrief, NearbyDeployment, UsualTime } from "#server/domain/incident-views.ts";

export type WaysOutProps = {
  incident: IncidentBrief;
  ways: Ways;
  deployments: readonly NearbyDeployment[];
};

/** Two ways out, each with the time that it takes here; what is under way comes first. */
export function WaysOut({ incident, ways, deployments }: WaysOutProps) {
  const { id, serviceSlug, environmentSlug, change } = incident;
  const attempts = deployments.filter(({ isAttempt }) => isAttempt);
  return (
    <Section title="Ways out" className="gap-4">
      {change === null && (
        <p className="text-muted">
          Nothing shows that a deployment brought it: going back may change nothing. Look at what it depends
          on, too.
        </p>
      )}
      <div className="grid gap-x-10 gap-y-5 sm:grid-cols-2">
        <div className="flex flex-col items-start gap-2">
          <ButtonLink
            variant="primary"
            href={paths.deploy(serviceSlug, environmentSlug, { kind: "roll-forward", incident: id })}
          >
            Roll {environmentSlug} forward
          </ButtonLink>
          <p className="text-muted text-sm">
            {rollForwardText(ways)} What was good stays warm meanwhile
            {change !== null && (
              <>
                ;{" "}
                <Link href={`${paths.deployment(serviceSlug, change.deploymentId)}#changes`} className="link">
                  look at what it brought
                </Link>
              </>
            )}
            .
          </p>
        </div>
        <div className="flex flex-col items-start gap-2">
          <ActionLink
            action={ways.switchBack}
            href={paths.deploy(serviceSlug, environmentSlug, { kind: "switch-back", incident: id })}
          />
          <p className="text-muted text-sm">
            {ways.switchBack.readiness} {usualText(ways.usualSwitchBack) ?? ""} What deploys by itself pauses
            then.
          </p>
        </div>
      </div>
      {attempts.length > 0 && (
        <ul aria-label="Under way" className="divide-y border-y">
          {attempts.map(({ id: deploymentId, kind, status, releaseNumber }) => (
            <li key={deploymentId} className="flex flex-wrap gap-x-3 py-2">
              <Link href={paths.deployment(serviceSlug, deploymentId)} className="link font-medium">
                {kind === "switch-back" ? "Switch back" : "Roll forward"}
                {releaseNumber !== null && ` to #${releaseNumber}`}
              </Link>
              <span className="text-muted">{status}</span>
            </li>
          ))}
        </ul>
      )}
    </Section>
  );
}

function rollForwardText({ usualRollForward, deployment }: Ways): string {
  const usual = usualText(usualRollForward);
  if (usual !== null) return usual;
  if (deployment.medianMs === null)
    return "No fix was rolled forward here yet: how long it takes is not known.";
  return `A deployment takes about ${formatDurationMs(deployment.medianMs)} here, once the fix is written.`;
}

function usualText(usual: UsualTime | null): string | null {
  if (usual === null) return null;
  const of = usual.count === 1 ? "the last one" : `the last ${usual.count}`;
  return `Usually ${formatDurationMs(usual.medianMs)}, by ${of} of this team.`;
}
