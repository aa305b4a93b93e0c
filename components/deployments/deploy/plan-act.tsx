"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { readsOnly } from "#components/identity/role-words.ts";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { overrideReasonProblem, unmetOf } from "#server/domain/condition-override.ts";
import { formatDurationMs } from "#server/domain/durations.ts";
import type { DeploymentPlan } from "#server/domain/read-models.ts";
import { stopOf } from "#server/domain/reasons.ts";
import { OverrideField } from "./override-field.tsx";
import { isWithCommits } from "./use-deploy-choice.ts";

type PlanActProps = {
  plan: DeploymentPlan;
  /** Why the time that was chosen will not do. */
  scheduleProblem: string | null;
  isRenewing: boolean;
};

/** One button that names the act. It leads to the live log; nothing is shown before it is true. */
export function PlanAct({ plan, scheduleProblem, isRenewing }: PlanActProps) {
  const trpc = useTRPC();
  const router = useRouter();
  const queryClient = useQueryClient();
  const session = useQuery(trpc.session.current.queryOptions());
  const request = useMutation(
    trpc.deployments.request.mutationOptions({
      onSuccess: ({ id, serviceSlug }) => router.push(paths.deployment(serviceSlug, id)),
      onError: () => queryClient.invalidateQueries(trpc.deployments.plan.pathFilter()),
    }),
  );
  const [reason, setReason] = useState("");
  const overrideLabel = overrideLabelOf(plan);
  const problem = request.isError ? requestProblem(request.error) : null;
  const act = () =>
    request.mutate({
      serviceSlug: plan.serviceSlug,
      environmentSlug: plan.environment.slug,
      kind: plan.kind,
      scheduledFor: plan.scheduledFor ?? undefined,
      ...(isWithCommits(plan.kind) ? { sha: plan.commit.sha } : { releaseNumber: plan.release?.number }),
      ...(overrideLabel === null ? {} : { overrideReason: reason, overridden: unmetKinds(plan) }),
    });
  return (
    <div className="flex flex-col gap-2">
      {overrideLabel !== null && (
        <OverrideField
          value={reason}
          onChange={setReason}
          problem={problem?.field === "overrideReason" ? problem.message : null}
        />
      )}
      <Button
        variant="primary"
        size="large"
        className={overrideLabel === null ? "max-w-full" : "h-auto! min-h-10 max-w-full py-2"}
        refusal={scheduleProblem ?? refusalOf(plan, session.data?.may.deploy ?? true, reason)}
        loading={request.isPending || request.isSuccess}
        disabled={isRenewing}
        onClick={act}
      >
        {overrideLabel === null ? (
          <span className="truncate">{plan.actLabel}</span>
        ) : (
          <span className="whitespace-normal text-left">{overrideLabel}</span>
        )}
      </Button>
      <p className="text-muted text-sm">{expectedText(plan.expected)}</p>
      {problem !== null && (
        <Callout
          tone="failed"
          role="alert"
          title={plan.scheduledFor === null ? "It was not started" : "It was not scheduled"}
        >
          {problem.message}
        </Callout>
      )}
    </div>
  );
}

/** Null where no reason is needed, or where something else stops it as well. */
function overrideLabelOf(plan: DeploymentPlan): string | null {
  return stopOf(plan.reasons)?.mayOverride === true ? (plan.conditions?.overrideLabel ?? null) : null;
}

function unmetKinds(plan: DeploymentPlan) {
  return unmetOf(plan.conditions?.checked ?? []).map((condition) => condition.kind);
}

function refusalOf(plan: DeploymentPlan, mayDeploy: boolean, reason: string): string | null {
  if (!mayDeploy) return readsOnly;
  const stop = stopOf(plan.reasons);
  return stop?.mayOverride === true ? overrideReasonProblem(reason) : (stop?.text ?? null);
}

function expectedText({ medianMs, p90Ms, sampleCount }: DeploymentPlan["expected"]): string {
  if (medianMs === null || p90Ms === null)
    return "The first of its kind here: nobody knows yet how long it takes.";
  const runs = sampleCount === 1 ? "1 run" : `${sampleCount} runs`;
  return `Takes about ${formatDurationMs(medianMs)}; 9 of 10 took at most ${formatDurationMs(p90Ms)} (${runs}).`;
}
