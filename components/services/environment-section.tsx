import Link from "next/link";
import { ActionLink } from "#components/deployments/action-link.tsx";
import { deploymentStatusLook, deploymentTitle } from "#components/deployments/deployment-words.ts";
import { NextPoolLink } from "#components/deployments/next-pool-link.tsx";
import { ScheduledTime } from "#components/deployments/scheduled-time.tsx";
import { ScriptNote } from "#components/deployments/script-limits.tsx";
import { TrafficPicture } from "#components/deployments/traffic-picture.tsx";
import { paths } from "#components/paths.ts";
import { ProgressBar } from "#components/ui/progress-bar.tsx";
import { Section } from "#components/ui/section.tsx";
import { Status } from "#components/ui/status.tsx";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import { isScheduledLater } from "#server/domain/schedule.ts";
import { AutomationLine } from "./automation-line.tsx";
import { BadReleaseCallout } from "./bad-release-callout.tsx";
import { EnvironmentMenu } from "./environment-menu.tsx";
import { HoldbackLine } from "./holdback-line.tsx";
import { InstanceList } from "./instance-list.tsx";
import { MirrorLine } from "./mirror-line.tsx";
import { PauseLine } from "./pause-line.tsx";
import { RedundancyNote } from "./redundancy-note.tsx";
import { ServiceFacts } from "./service-facts.tsx";
import { WaitingLine } from "./waiting-line.tsx";

export type EnvironmentSectionProps = { view: ServiceEnvironmentView; slug: string };

/** One environment: its pools, who takes traffic, what runs or waits, and the way back. */
export function EnvironmentSection({ view, slug }: EnvironmentSectionProps) {
  const { environment, switchBack } = view;
  const active = view.running === null ? view.queued : [view.running, ...view.queued];
  return (
    <Section
      title={environment.name}
      actions={
        <>
          <ActionLink
            action={switchBack}
            href={paths.deploy(slug, environment.slug, { kind: "switch-back" })}
          />
          <ActionLink action={view.deploy} href={paths.deploy(slug, environment.slug)} />
          <EnvironmentMenu view={view} slug={slug} />
        </>
      }
    >
      <BadReleaseCallout view={view} slug={slug} />
      <PauseLine view={view} slug={slug} />
      <div className="grid gap-x-10 gap-y-6 lg:grid-cols-[20rem_minmax(0,1fr)]">
        <div className="flex flex-col gap-2">
          {view.live?.target === "script" ? (
            <ScriptNote />
          ) : (
            <TrafficPicture
              pools={view.pools}
              shared={view.shared}
              label={`The pools of ${environment.name}`}
            />
          )}
          <NextPoolLink
            traffic={view}
            serviceEnvironmentId={view.serviceEnvironmentId}
            environmentName={environment.name}
          />
          <p className="text-muted text-sm">{switchBack.readiness}</p>
        </div>
        <div className="flex min-w-0 flex-col gap-5">
          <HoldbackLine view={view} slug={slug} />
          <MirrorLine view={view} />
          {view.waiting !== null && <WaitingLine waiting={view.waiting} />}
          <AutomationLine view={view} slug={slug} />
          {active.map((deployment) => (
            <ActiveDeployment key={deployment.id} deployment={deployment} slug={slug} />
          ))}
          <ServiceFacts view={view} />
          <InstanceList view={view} slug={slug} />
          <RedundancyNote view={view} />
        </div>
      </div>
    </Section>
  );
}

function ActiveDeployment({ deployment, slug }: { deployment: DeploymentBrief; slug: string }) {
  const look = deploymentStatusLook(deployment);
  const title = deploymentTitle(deployment);
  const step = deployment.currentStep === null ? "" : `: ${deployment.currentStep}`;
  return (
    <div className="flex flex-col gap-1.5">
      <span className="flex flex-wrap items-center gap-x-3">
        <Link href={paths.deployment(slug, deployment.id)} className="link font-medium">
          {title}
        </Link>
        <Status tone={look.tone} icon={look.icon} word={`${look.word}${step}`} />
        <ScheduledTime deployment={deployment} />
      </span>
      {!isScheduledLater(deployment) && (
        <ProgressBar label={`Progress of ${title}`} share={deployment.progress} />
      )}
    </div>
  );
}
