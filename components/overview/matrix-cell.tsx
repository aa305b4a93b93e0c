"use client";
import { CircleDashed } from "lucide-react";
import Link from "next/link";
import { deploymentStatusLook, deploymentTitle } from "#components/deployments/deployment-words.ts";
import { ScheduledTime } from "#components/deployments/scheduled-time.tsx";
import { paths } from "#components/paths.ts";
import { ReleaseLink } from "#components/services/release-link.tsx";
import { WaitingLine } from "#components/services/waiting-line.tsx";
import { Badge } from "#components/ui/badge.tsx";
import { ProgressBar } from "#components/ui/progress-bar.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { DeploymentBrief, MatrixCell } from "#server/domain/read-models.ts";
import { isScheduledLater } from "#server/domain/schedule.ts";

export type MatrixCellViewProps = {
  cell: MatrixCell;
  /** The service's. */
  slug: string;
  /** The environment's. */
  name: string;
};

export function MatrixCellView({ cell, slug, name }: MatrixCellViewProps) {
  return (
    <div className="flex min-w-0 flex-col gap-1">
      <LiveLine cell={cell} slug={slug} name={name} />
      {cell.live !== null && (
        <>
          <span className="line-clamp-2 text-muted wrap-anywhere">{cell.live.subject}</span>
          <span className="text-muted">
            <Time at={cell.live.since} layout="relative" />
            {cell.live.byName !== null && ` by ${cell.live.byName}`}
          </span>
        </>
      )}
      {cell.running !== null && <RunningLine deployment={cell.running} slug={slug} />}
      {cell.lastFailed !== null && cell.running === null && (
        <Link href={paths.deployment(slug, cell.lastFailed.deploymentId)} className="self-start">
          <Status
            tone="failed"
            word={
              cell.lastFailed.failedStep === null
                ? "last deploy failed"
                : `last deploy failed at ${cell.lastFailed.failedStep}`
            }
          />
        </Link>
      )}
    </div>
  );
}

function LiveLine({ cell, slug, name }: MatrixCellViewProps) {
  const waiting = cell.waitingCommits ?? 0;
  return (
    <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
      {cell.live === null ? (
        <Status tone="waiting" word="nothing live" icon={<CircleDashed />} />
      ) : (
        <>
          <ReleaseLink
            slug={slug}
            number={cell.live.number}
            className="font-medium text-base hover:underline"
          />
          {cell.live.badReason === null ? (
            <Status tone="live" word="live" />
          ) : (
            <Status tone="failed" word="live, marked as bad" />
          )}
        </>
      )}
      {waiting > 0 && (
        <Link
          href={paths.deploy(slug, cell.environmentSlug)}
          aria-label={`${waiting} commits wait for ${name}`}
        >
          <Badge tone="attention">+{waiting}</Badge>
        </Link>
      )}
      {cell.waiting !== null && <WaitingLine waiting={cell.waiting} isShort />}
    </span>
  );
}

function RunningLine({ deployment, slug }: { deployment: DeploymentBrief; slug: string }) {
  const look = deploymentStatusLook(deployment);
  const title = deploymentTitle(deployment);
  const step = deployment.currentStep === null ? "" : `: ${deployment.currentStep}`;
  return (
    <Link
      href={paths.deployment(slug, deployment.id)}
      className="flex max-w-64 flex-col gap-1"
      aria-label={`${title}, ${look.word}${step}`}
    >
      <Status tone={look.tone} icon={look.icon} word={`${look.word}${step}`} />
      {isScheduledLater(deployment) ? (
        <ScheduledTime deployment={deployment} layout="relative" />
      ) : (
        <ProgressBar
          label={`Progress of ${title}`}
          share={deployment.status === "queued" ? 0 : deployment.progress}
        />
      )}
    </Link>
  );
}
