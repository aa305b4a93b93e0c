"use client";
import { requestProblem } from "#components/request-problem.ts";
import { Callout } from "#components/ui/callout.tsx";
import { SkeletonLines } from "#components/ui/skeleton.tsx";
import { PlanReasons } from "./deploy/plan-reasons.tsx";
import { expectationText } from "./expectation-text.ts";
import type { useKeepingPlan } from "./use-plan.ts";

/** Every reason for or against it, and how long it takes: what is to be read before the click. */
export function PlanNotes({ plan }: { plan: ReturnType<typeof useKeepingPlan> }) {
  if (plan.isError) {
    return (
      <Callout tone="failed" role="alert" title="It cannot be said what would happen">
        {requestProblem(plan.error).message} Nothing was changed.
      </Callout>
    );
  }
  if (plan.data === undefined) return <SkeletonLines count={2} />;
  return (
    <>
      <PlanReasons reasons={plan.data.reasons} />
      <p className="text-muted text-sm">{expectationText(plan.data.expected)}</p>
    </>
  );
}
