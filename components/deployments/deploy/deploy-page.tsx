"use client";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { PageHeader } from "#components/ui/page-header.tsx";
import { Select } from "#components/ui/select.tsx";
import { takesCommit } from "#server/domain/deployment.ts";
import type { Environment, PlannableKind } from "#server/domain/read-models.ts";
import { CommitPicker } from "./commit-picker.tsx";
import { PlanSkeleton } from "./plan-skeleton.tsx";
import { PlanView } from "./plan-view.tsx";
import { useCommits } from "./use-commits.ts";
import { useDeployChoice } from "./use-deploy-choice.ts";
import { useSchedule } from "./use-schedule.ts";

export type DeployPageProps = {
  service: { slug: string; name: string };
  /** Those of the service, in order; at least one. */
  environments: readonly [Environment, ...Environment[]];
};

/** What will happen if I click? A commit, what it brings, every reason against it, and one button. */
export function DeployPage({ service, environments }: DeployPageProps) {
  const [choice, choose] = useDeployChoice();
  const environment = environments.find((one) => one.slug === choice.environment) ?? environments[0];
  const scope = { serviceSlug: service.slug, environmentSlug: environment.slug };
  const withCommits = takesCommit(choice.kind);
  const source = useCommits({ ...scope, branch: choice.branch ?? undefined }, withCommits);
  const sha = useChosenSha(choice.commit, source);
  const schedule = useSchedule();
  const isReady = !withCommits || sha !== null;
  const trpc = useTRPC();
  const plan = useQuery(
    trpc.deployments.plan.queryOptions(
      {
        ...scope,
        kind: choice.kind,
        scheduledFor: schedule.scheduledFor ?? undefined,
        ...(withCommits ? { sha: sha ?? undefined } : { releaseNumber: choice.release ?? undefined }),
      },
      { enabled: isReady, placeholderData: keepPreviousData },
    ),
  );
  return (
    <div className="flex flex-col gap-6">
      <PageHeader
        title={headingFor(choice.kind, service.name, environment.name)}
        actions={
          environments.length > 1 && (
            <Select
              aria-label="Environment"
              value={environment.slug}
              onValueChange={(slug) => void choose({ environment: slug, release: null })}
              options={environments.map((one) => ({ value: one.slug, label: one.name }))}
              className="min-w-40"
            />
          )
        }
      />
      <div
        className={
          withCommits
            ? "grid min-w-0 gap-x-10 gap-y-8 lg:grid-cols-[minmax(0,1fr)_minmax(22rem,28rem)]"
            : "max-w-3xl"
        }
      >
        {withCommits && (
          <CommitPicker
            source={source}
            environmentName={environment.name}
            chosenSha={sha}
            onChoose={(commit) => void choose({ commit })}
            onBranch={(branch) => void choose({ branch, commit: null })}
          />
        )}
        <div className="min-w-0 lg:sticky lg:top-4 lg:self-start">
          {plan.isError && (
            <Callout tone="failed" role="alert" title="It cannot be said what would happen">
              {requestProblem(plan.error).message} Nothing was changed.
            </Callout>
          )}
          {plan.data !== undefined && !plan.isError && (
            <PlanView plan={plan.data} schedule={schedule} isRenewing={plan.isPlaceholderData} />
          )}
          {plan.isPending && <PlanSkeleton note={isReady ? null : "Asking the repository for new commits"} />}
        </div>
      </div>
    </div>
  );
}

/** The commit in the address; else the newest once the repository has answered, and from then on that very one. */
function useChosenSha(wanted: string | null, source: ReturnType<typeof useCommits>): string | null {
  const [pinned, setPinned] = useState<{ branch: string; sha: string } | null>(null);
  const { newestPage, isSettled } = source;
  const newest = newestPage?.items[0]?.sha;
  if (newestPage !== undefined && newest !== undefined && isSettled && !source.list.isFetching) {
    if (pinned?.branch !== newestPage.branch) setPinned({ branch: newestPage.branch, sha: newest });
  }
  return wanted ?? pinned?.sha ?? null;
}

function headingFor(kind: PlannableKind, service: string, environment: string): string {
  const headings: Record<PlannableKind, string> = {
    deploy: `Deploy ${service} to ${environment}`,
    promote: `Promote ${service} to ${environment}`,
    "roll-forward": `Roll ${service} in ${environment} forward`,
    "switch-back": `Switch ${service} in ${environment} back`,
  };
  return headings[kind];
}
