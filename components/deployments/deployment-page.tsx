"use client";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTRPC } from "#components/trpc.tsx";
import { Section } from "#components/ui/section.tsx";
import { isFinished, keepsRelease, type StepName } from "#server/domain/deployment.ts";
import type { DeploymentDetail } from "#server/domain/read-models.ts";
import { CanarySection } from "./canary-section.tsx";
import { DeploymentChanges, DeploymentNote } from "./deployment-changes.tsx";
import { DeploymentConditions } from "./deployment-conditions.tsx";
import { DeploymentFacts } from "./deployment-facts.tsx";
import { DeploymentHeader } from "./deployment-header.tsx";
import { DeploymentMessage } from "./deployment-message.tsx";
import { DeploymentProgress } from "./deployment-progress.tsx";
import { DeploymentSettings } from "./deployment-settings.tsx";
import { LogView } from "./log/log-view.tsx";
import { MigrationLocks } from "./migration-locks.tsx";
import { NextPoolLink } from "./next-pool-link.tsx";
import { ScriptNote } from "./script-limits.tsx";
import { StepRail } from "./step-rail.tsx";
import { SwitchProof } from "./switch-proof.tsx";
import { TrafficPicture } from "./traffic-picture.tsx";

const slowPollMs = 5_000;

/** One deployment, live: how far it is, and whether it is fine. */
export function DeploymentPage({ initial }: { initial: DeploymentDetail }) {
  const trpc = useTRPC();
  const { data: deployment } = useQuery(
    trpc.deployments.get.queryOptions(
      { id: initial.id },
      {
        initialData: initial,
        // Stands in where an event is missed.
        refetchInterval: (query) => (isFinished((query.state.data ?? initial).status) ? false : slowPollMs),
      },
    ),
  );
  const [wantedStep, setWantedStep] = useState<{ name: StepName } | null>(null);
  const isActive = !isFinished(deployment.status);
  return (
    <div className="flex flex-col gap-6">
      <DeploymentHeader deployment={deployment} />
      <DeploymentMessage deployment={deployment} />
      <DeploymentProgress deployment={deployment} />
      <div className="grid min-w-0 grid-cols-1 gap-x-8 gap-y-6 lg:grid-cols-[17rem_minmax(0,1fr)]">
        <div className="flex min-w-0 flex-col gap-6">
          <Section title="Steps" className="gap-2">
            <StepRail steps={deployment.steps} onOpen={(name) => setWantedStep({ name })} />
          </Section>
          <Section title={`Traffic in ${deployment.environmentName}`}>
            {deployment.target === "script" ? (
              <ScriptNote />
            ) : (
              <TrafficPicture
                pools={deployment.pools}
                shared={deployment.shared}
                label={`The pools of ${deployment.environmentName}`}
              />
            )}
            <NextPoolLink
              traffic={deployment}
              serviceEnvironmentId={deployment.serviceEnvironmentId}
              environmentName={deployment.environmentName}
            />
          </Section>
          <SwitchProof deployment={deployment} />
        </div>
        <div className="flex min-w-0 flex-col gap-8">
          <CanarySection deployment={deployment} />
          <LogView
            deploymentId={deployment.id}
            steps={deployment.steps}
            log={deployment.log}
            isActive={isActive}
            failedStep={deployment.failedStep}
            wantedStep={wantedStep}
          />
          <MigrationLocks locks={deployment.locks} />
          {!keepsRelease(deployment.kind) && <DeploymentNote deployment={deployment} />}
          {!keepsRelease(deployment.kind) && <DeploymentChanges deployment={deployment} />}
          <DeploymentSettings deployment={deployment} />
          <DeploymentConditions deployment={deployment} />
          <DeploymentFacts deployment={deployment} />
        </div>
      </div>
    </div>
  );
}
