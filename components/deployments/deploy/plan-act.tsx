"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { formatDurationMs } from "#server/domain/durations.ts";
import type { DeploymentPlan } from "#server/domain/read-models.ts";
import { isWithCommits } from "./use-deploy-choice.ts";

/** One button that names the act. It leads to the live log; nothing is shown before it is true. */
export function PlanAct({ plan, isRenewing }: { plan: DeploymentPlan; isRenewing: boolean }) {
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
  const act = () =>
    request.mutate({
      serviceSlug: plan.serviceSlug,
      environmentSlug: plan.environment.slug,
      kind: plan.kind,
      ...(isWithCommits(plan.kind) ? { sha: plan.commit.sha } : { releaseNumber: plan.release?.number }),
    });
  return (
    <div className="flex flex-col gap-2">
      <Button
        variant="primary"
        size="large"
        className="max-w-full"
        refusal={refusalOf(plan, session.data?.may.deploy ?? true)}
        loading={request.isPending || request.isSuccess}
        disabled={isRenewing}
        onClick={act}
      >
        <span className="truncate">{plan.actLabel}</span>
      </Button>
      <p className="text-muted text-sm">{expectedText(plan.expected)}</p>
      {request.isError && (
        <Callout tone="failed" role="alert" title="It was not started">
          {requestProblem(request.error).message}
        </Callout>
      )}
    </div>
  );
}

function refusalOf(plan: DeploymentPlan, mayDeploy: boolean): string | null {
  if (!mayDeploy) return "Your account may look at everything, but it may not deploy.";
  if (!plan.isStopped) return null;
  return plan.reasons.find((reason) => reason.weight === "stops")?.text ?? "It is stopped.";
}

function expectedText({ medianMs, p90Ms, sampleCount }: DeploymentPlan["expected"]): string {
  if (medianMs === null || p90Ms === null)
    return "The first of its kind here: nobody knows yet how long it takes.";
  const runs = sampleCount === 1 ? "1 run" : `${sampleCount} runs`;
  return `Takes about ${formatDurationMs(medianMs)}; 9 of 10 took at most ${formatDurationMs(p90Ms)} (${runs}).`;
}
