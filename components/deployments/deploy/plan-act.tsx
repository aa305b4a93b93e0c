"use client";
import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { useState } from "react";
import { readsOnly } from "#components/identity/role-words.ts";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { overrideReasonProblem, unmetOf } from "#server/domain/condition-override.ts";
import { takesCommit } from "#server/domain/deployment.ts";
import type { DeploymentPlan } from "#server/domain/read-models.ts";
import { stopOf } from "#server/domain/reasons.ts";
import { expectationText } from "../expectation-text.ts";
import { useRequest } from "../use-request.ts";
import { AnnounceSwitch } from "./announce-switch.tsx";
import { OverrideField } from "./override-field.tsx";
import { useDeployChoice } from "./use-deploy-choice.ts";

type PlanActProps = {
  plan: DeploymentPlan;
  /** Why the time that was chosen will not do. */
  scheduleProblem: string | null;
  isRenewing: boolean;
};

/** One button that names the act. It leads to the live log; nothing is shown before it is true. */
export function PlanAct({ plan, scheduleProblem, isRenewing }: PlanActProps) {
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  const request = useRequest();
  const [{ incident }] = useDeployChoice();
  const [reason, setReason] = useState("");
  const [isLeftBad, setLeftBad] = useState(true);
  const [isAnnounced, setAnnounced] = useState(false);
  const [isCleanBuild, setCleanBuild] = useState(false);
  const leaves = leftRelease(plan);
  const builds = plan.steps.some((step) => step.name === "build" && step.skip === null);
  const overrideLabel = overrideLabelOf(plan);
  const problem = request.isError ? requestProblem(request.error) : null;
  const act = () =>
    request.mutate({
      serviceSlug: plan.serviceSlug,
      environmentSlug: plan.environment.slug,
      kind: plan.kind,
      scheduledFor: plan.scheduledFor ?? undefined,
      ...(takesCommit(plan.kind) ? { sha: plan.commit.sha } : { releaseNumber: plan.release?.number }),
      ...(incident === null ? {} : { fixesIncidentId: incident }),
      ...(isAnnounced ? { announce: true } : {}),
      ...(builds && isCleanBuild ? { cleanBuild: true } : {}),
      ...(leaves === null ? {} : { markBad: isLeftBad }),
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
      {leaves !== null && (
        <Switch
          label={`Mark #${leaves} as bad`}
          hint="No machine deploys it again, and the next switch back does not lead to it."
          checked={isLeftBad}
          onCheckedChange={setLeftBad}
        />
      )}
      {incident !== null && (
        <p className="text-muted">
          It is to end{" "}
          <Link href={paths.incident(incident)} className="link">
            incident {incident}
          </Link>
          : its page follows it.
        </p>
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
      <p className="text-muted text-sm">{expectationText(plan.expected)}</p>
      <AnnounceSwitch plan={plan} checked={isAnnounced} onCheckedChange={setAnnounced} />
      {builds && (
        <Switch
          label="Build without cache"
          hint="Slower: nothing that earlier builds kept is used."
          checked={isCleanBuild}
          onCheckedChange={setCleanBuild}
        />
      )}
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

/** The release that a switch-back leaves and that is not marked as bad already. */
function leftRelease({ kind, live }: DeploymentPlan): number | null {
  return kind === "switch-back" && live !== null && live.badReason === null ? live.number : null;
}

function unmetKinds(plan: DeploymentPlan) {
  return unmetOf(plan.conditions?.checked ?? []).map((condition) => condition.kind);
}

function refusalOf(plan: DeploymentPlan, mayDeploy: boolean, reason: string): string | null {
  if (!mayDeploy) return readsOnly;
  const stop = stopOf(plan.reasons);
  return stop?.mayOverride === true ? overrideReasonProblem(reason) : (stop?.text ?? null);
}
