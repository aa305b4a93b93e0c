"use client";
import { useMutation } from "@tanstack/react-query";
import { Activity, ArrowRight, CircleStop, Play, RotateCcw, SlidersHorizontal, Undo2 } from "lucide-react";
import { useState } from "react";
import { toast } from "sonner";
import { paths } from "#components/paths.ts";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { ButtonLink } from "#components/ui/button-link.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import { useAct } from "#components/use-act.ts";
import { isFinished } from "#server/domain/deployment.ts";
import type { Action, DeploymentDetail } from "#server/domain/read-models.ts";
import { ActionLink } from "./action-link.tsx";
import { RestartButton } from "./restart-button.tsx";

/** The next steps, the likeliest one first. */
export function DeploymentActions({ deployment }: { deployment: DeploymentDetail }) {
  const { serviceSlug, environmentSlug, actions, status, isLive } = deployment;
  if (!isFinished(status)) {
    return (
      <>
        {actions.startNow !== null && <StartNowButton id={deployment.id} action={actions.startNow} />}
        <CancelButton deployment={deployment} />
      </>
    );
  }
  const { promote, switchBack, again, restart } = actions;
  const isConfigured = deployment.kind === "scale" || deployment.kind === "configure";
  const isPromotable = promote !== null && status === "succeeded" && isLive;
  return (
    <>
      {deployment.hasReview && (
        <ButtonLink href={paths.review(deployment.id)} icon={<Activity />}>
          How it does
        </ButtonLink>
      )}
      {isPromotable && (
        <ActionLink
          action={promote}
          href={paths.deploy(serviceSlug, promote.environmentSlug, {
            kind: "promote",
            release: promote.releaseNumber ?? undefined,
          })}
          variant="primary"
          icon={<ArrowRight />}
        />
      )}
      {isLive && switchBack.releaseNumber !== null && (
        <ActionLink
          action={switchBack}
          href={paths.deploy(serviceSlug, environmentSlug, { kind: "switch-back" })}
          icon={<Undo2 />}
        />
      )}
      {again !== null && (
        <ActionLink
          action={again}
          href={paths.deploy(serviceSlug, environmentSlug, { commit: again.sha })}
          variant={status === "succeeded" ? "secondary" : "primary"}
          icon={<RotateCcw />}
        />
      )}
      {restart !== null && <RestartButton action={restart} place={{ serviceSlug, environmentSlug }} />}
      {isConfigured && (
        <ButtonLink
          href={paths.configuration(serviceSlug, environmentSlug)}
          variant={status === "succeeded" ? "secondary" : "primary"}
          icon={<SlidersHorizontal />}
        >
          See the configuration of {environmentSlug}
        </ButtonLink>
      )}
    </>
  );
}

function StartNowButton({ id, action }: { id: number; action: Action }) {
  const trpc = useTRPC();
  const act = useAct(trpc.deployments.get.queryKey({ id }));
  const start = useMutation(trpc.deployments.startNow.mutationOptions());
  return (
    <Button
      variant="primary"
      icon={<Play />}
      loading={start.isPending}
      refusal={action.reason}
      onClick={() => void act(() => start.mutateAsync({ id }), "It starts as soon as a worker takes it.")}
    >
      {action.label}
    </Button>
  );
}

function CancelButton({ deployment }: { deployment: DeploymentDetail }) {
  const trpc = useTRPC();
  const [isOpen, setOpen] = useState(false);
  const { cancel } = deployment.actions;
  const mutation = useMutation(
    trpc.deployments.cancel.mutationOptions({
      onError: (error) => toast.error("It was not cancelled", { description: requestProblem(error).message }),
      onSettled: () => setOpen(false),
    }),
  );
  if (!cancel.isAllowed) {
    return (
      <Button
        icon={<CircleStop />}
        loading={deployment.isCancelling}
        refusal={deployment.isCancelling ? null : cancel.reason}
      >
        {deployment.isCancelling ? "Cancelling" : cancel.label}
      </Button>
    );
  }
  return (
    <ConfirmDialog
      open={isOpen}
      onOpenChange={setOpen}
      trigger={<Button icon={<CircleStop />}>{cancel.label}</Button>}
      title={`${cancel.label}?`}
      description={`${deployment.status === "queued" ? "Nothing of it has run yet." : "The step that runs is ended."} ${deployment.environmentName} keeps running what it runs now.`}
      confirmLabel={cancel.label}
      keepLabel="Let it go on"
      loading={mutation.isPending}
      onConfirm={() => mutation.mutate({ id: deployment.id })}
    />
  );
}
