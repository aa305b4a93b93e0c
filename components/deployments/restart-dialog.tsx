"use client";
import { RotateCw } from "lucide-react";
import { requestProblem } from "#components/request-problem.ts";
import { Button } from "#components/ui/button.tsx";
import { wrappingClass } from "#components/ui/button-class.ts";
import { Callout } from "#components/ui/callout.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { stopOf } from "#server/domain/reasons.ts";
import { PlanNotes } from "./plan-notes.tsx";
import { type Place, useKeepingPlan } from "./use-plan.ts";
import { useRequest } from "./use-request.ts";

export type RestartDialogProps = {
  place: Place;
  /** Names the act and what is live at this moment. */
  label: string;
  onClose: () => void;
};

const restartsPool =
  "The same release starts anew in the other pool, with the same configuration. Traffic moves once it is healthy; no request fails, and no data changes.";
const restartsCommand =
  "Its deploy command runs again, with the same release and configuration. What is served meanwhile is for the platform to say.";

/** Says what a restart does and what speaks against it; one button does it. */
export function RestartDialog({ place, label, onClose }: RestartDialogProps) {
  const plan = useKeepingPlan(place, "restart");
  const request = useRequest();
  const name = plan.data?.actLabel ?? label;
  const isByCommand = plan.data?.settings?.target === "script";
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="small"
      title={name}
      description={isByCommand ? restartsCommand : restartsPool}
      footer={
        <Button
          variant="primary"
          icon={<RotateCw />}
          className={wrappingClass}
          loading={request.isPending || request.isSuccess}
          disabled={plan.data === undefined}
          refusal={stopOf(plan.data?.reasons ?? [])?.text ?? null}
          onClick={() => request.mutate({ ...place, kind: "restart" })}
        >
          {name}
        </Button>
      }
    >
      <div className="flex flex-col gap-3">
        <PlanNotes plan={plan} />
        {request.isError && (
          <Callout tone="failed" role="alert" title="It was not started">
            {requestProblem(request.error).message}
          </Callout>
        )}
      </div>
    </Dialog>
  );
}
