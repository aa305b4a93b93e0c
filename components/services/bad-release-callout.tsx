import { ActionLink } from "#components/deployments/action-link.tsx";
import { paths } from "#components/paths.ts";
import { Callout } from "#components/ui/callout.tsx";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import { ClearBadMark } from "./mark-release.tsx";

/** What is live here is known bad: what is wrong, and both ways out. Nothing while it is not. */
export function BadReleaseCallout({ view, slug }: { view: ServiceEnvironmentView; slug: string }) {
  const { live, environment, switchBack, deploy } = view;
  if (live === null || live.badReason === null) return null;
  const rollForward = { ...deploy, label: `Roll ${environment.slug} forward` };
  return (
    <Callout
      tone="failed"
      role="status"
      title={`#${live.number} in ${environment.name} is marked as bad`}
      actions={
        <>
          <ActionLink
            action={rollForward}
            href={paths.deploy(slug, environment.slug, { kind: "roll-forward" })}
            variant="primary"
          />
          <ClearBadMark slug={slug} releaseNumber={live.number} />
        </>
      }
    >
      {live.badReason.replace(/\.$/, "")}. {wayBack(switchBack)}
    </Callout>
  );
}

function wayBack({ releaseNumber, isWarm }: ServiceEnvironmentView["switchBack"]): string {
  if (releaseNumber === null) return "There is no good release to switch back to.";
  return isWarm
    ? `#${releaseNumber} stays warm as the way back, and a fix starts beside both.`
    : `#${releaseNumber} is the way back; it has to start first.`;
}
