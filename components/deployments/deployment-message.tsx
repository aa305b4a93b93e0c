import Link from "next/link";
import type { ReactNode } from "react";
import { paths } from "#components/paths.ts";
import { Callout } from "#components/ui/callout.tsx";
import { Duration } from "#components/ui/duration.tsx";
import { TextWithCode } from "#components/ui/text-with-code.tsx";
import { Time } from "#components/ui/time.tsx";
import { keepsRelease } from "#server/domain/deployment.ts";
import type { DeploymentDetail } from "#server/domain/read-models.ts";
import { isScheduledLater } from "#server/domain/schedule.ts";
import { WaitText } from "./wait-text.tsx";

/** The one thing to know about a deployment that waits, was stopped or failed; nothing while all is well. */
export function DeploymentMessage({ deployment }: { deployment: DeploymentDetail }) {
  if (deployment.isCancelling) {
    return (
      <Callout tone="attention" role="status" title="It is being cancelled">
        The step that runs is being ended. This page says so once it is really over.
      </Callout>
    );
  }
  if (deployment.status === "queued") return <Waiting deployment={deployment} />;
  if (deployment.status === "failed") return <Failed deployment={deployment} />;
  if (deployment.supersededBy !== null)
    return <Superseded deployment={deployment} by={deployment.supersededBy} />;
  if (deployment.status === "cancelled") {
    return (
      <Callout tone="attention" title="This deployment was cancelled">
        {deployment.cancelReason !== null && `${deployment.cancelReason} `}
        {notChanged(deployment)} {keepsRelease(deployment.kind) ? "Ask" : "Deploy"} again whenever you like.
      </Callout>
    );
  }
  return null;
}

function Superseded({ deployment, by }: { deployment: DeploymentDetail; by: number }) {
  return (
    <Callout title="A newer one took its place">
      It waited, and what it would have brought is part of{" "}
      <Link href={paths.deployment(deployment.serviceSlug, by)} className="link">
        deployment {by}
      </Link>
      . {notChanged(deployment)}
    </Callout>
  );
}

function Waiting({ deployment }: { deployment: DeploymentDetail }) {
  const { ahead, waitingFor, waitsUpToMs, requestedAt, scheduledFor, scheduleReachedAt, serviceSlug } =
    deployment;
  return (
    <Callout
      role="status"
      title={
        scheduledFor !== null && isScheduledLater(deployment) ? (
          <>
            Scheduled for <Time at={scheduledFor} />
          </>
        ) : (
          <>
            Waiting for <Duration since={scheduleReachedAt ?? requestedAt} />
          </>
        )
      }
    >
      <TextWithCode>{waitingFor ?? "It starts as soon as a worker takes it."}</TextWithCode>
      {ahead !== null && waitsUpToMs !== null && (
        <>
          {" "}
          <WaitText ms={waitsUpToMs} />
        </>
      )}
      {ahead !== null && (
        <>
          {" "}
          <Link href={paths.deployment(serviceSlug, ahead.id)} className="link">
            See deployment {ahead.id}
          </Link>
        </>
      )}
    </Callout>
  );
}

function Failed({ deployment }: { deployment: DeploymentDetail }) {
  const { failedStep, failureReason } = deployment;
  return (
    <Callout
      tone="failed"
      role="status"
      title={failedStep === null ? "It failed" : `It failed at ${failedStep}`}
    >
      <p className="whitespace-pre-wrap text-ink">
        <TextWithCode>{failureReason ?? "No reason was recorded."}</TextWithCode>
      </p>
      <p className="mt-1.5">
        {notChanged(deployment)} {whatToDo(deployment)}
      </p>
    </Callout>
  );
}

function notChanged(deployment: DeploymentDetail): ReactNode {
  const { switchedAt, canaryEndsAt, environmentName, previousRelease } = deployment;
  if (switchedAt !== null) return `Traffic in ${environmentName} had switched already.`;
  if (commandHasRun(deployment)) return unknownText(deployment);
  if (previousRelease === null) return `Nothing was live in ${environmentName}, and nothing is now.`;
  if (canaryEndsAt !== null) return `#${previousRelease.number} serves all of ${environmentName} again.`;
  return `Live traffic was not touched: ${environmentName} kept serving #${previousRelease.number}.`;
}

/** Whether a command may have changed what is served: only where it runs can one see what came of it. */
function commandHasRun({ target, steps }: DeploymentDetail): boolean {
  const start = steps.find((step) => step.name === "start");
  return target === "script" && start?.startedAt != null;
}

function unknownText({ environmentName, previousRelease }: DeploymentDetail): string {
  const recorded = previousRelease === null ? "nothing" : `#${previousRelease.number}`;
  return `Its deploy command has run: what ${environmentName} serves now, the portal does not know. Recorded as live is still ${recorded}.`;
}

function whatToDo(deployment: DeploymentDetail): string {
  const { failedStep, switchedAt } = deployment;
  if (switchedAt === null && commandHasRun(deployment))
    return "Look where it runs. Restarting what is live runs its deploy command again.";
  if (switchedAt !== null) return "Look at what is live, and switch back if it is not well.";
  if (failedStep === "build" || failedStep === "test")
    return "Mend it where the log shows the error, push, and deploy the new commit.";
  if (failedStep === "start" || failedStep === "verify")
    return "The log has what the instances printed last; mend that and deploy again.";
  return "The log has the details. Deploy again when it is mended.";
}
