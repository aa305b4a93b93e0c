"use client";
import Link from "next/link";
import { paths } from "#components/paths.ts";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import type { DeploymentDetail } from "#server/domain/read-models.ts";
import { DeploymentActions } from "./deployment-actions.tsx";
import { deploymentStatusLook, deploymentTitle } from "./deployment-words.ts";

export function DeploymentHeader({ deployment }: { deployment: DeploymentDetail }) {
  const look = deploymentStatusLook(deployment);
  const title = deploymentTitle(deployment);
  const { currentStep } = deployment;
  return (
    <>
      <PageHeader
        title={title}
        status={<Status tone={look.tone} word={look.word} icon={look.icon} look="soft" />}
        description={
          <>
            {deployment.serviceName}: {deployment.subject} ·{" "}
            <Time
              at={deployment.finishedAt ?? deployment.startedAt ?? deployment.requestedAt}
              layout="relative"
            />
            {deployment.fixesIncidentId !== null && (
              <>
                {" · to end "}
                <Link href={paths.incident(deployment.fixesIncidentId)} className="link">
                  incident {deployment.fixesIncidentId}
                </Link>
              </>
            )}
          </>
        }
        actions={<DeploymentActions deployment={deployment} />}
      />
      <p role="status" className="sr-only">
        {`${title}: ${look.word}${currentStep === null ? "" : `, step ${currentStep}`}`}
      </p>
    </>
  );
}
