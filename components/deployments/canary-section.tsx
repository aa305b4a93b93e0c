"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Section } from "#components/ui/section.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import type { CanaryView, DeploymentDetail } from "#server/domain/read-models.ts";
import { verdictSentence, waitingSentence } from "#server/domain/review.ts";
import { shareText, stickyText } from "#server/domain/shares.ts";
import { CanaryForm } from "./canary-form.tsx";
import { SidesTable } from "./sides-table.tsx";

const countedEveryMs = 2_000;

/** How a release does under its share beside the live one, and what can be done about it; nothing while it has none. */
export function CanarySection({ deployment }: { deployment: DeploymentDetail }) {
  const trpc = useTRPC();
  const { id, status, canaryEndsAt, switchedAt } = deployment;
  const mayHaveOne = status === "running" && canaryEndsAt !== null && switchedAt === null;
  const { data: canary } = useQuery(
    trpc.deployments.canary.queryOptions({ id }, { enabled: mayHaveOne, refetchInterval: countedEveryMs }),
  );
  if (!mayHaveOne || canary == null) return null;
  return <Canary id={id} canary={canary} refusal={deployment.actions.canary} />;
}

function Canary({ id, canary, refusal }: { id: number; canary: CanaryView; refusal: string | null }) {
  const trpc = useTRPC();
  const act = useAct(trpc.deployments.canary.queryKey({ id }), trpc.deployments.get.queryKey({ id }));
  const change = useMutation(trpc.deployments.changeCanary.mutationOptions());
  const { share, sticky, endsAt, outcome, candidate, live } = canary;
  const name = `#${candidate.releaseNumber}`;
  return (
    <Section
      title={`Canary: ${name} takes ${shareText(share)}`}
      description={
        <>
          Drawn for {stickyText(sticky)}. All traffic follows <Time at={endsAt} layout="relative" />, at{" "}
          <Time at={endsAt} layout="absolute" />, unless it is cancelled or does worse than what is live.
        </>
      }
      actions={
        <Button
          variant="primary"
          loading={change.isPending}
          refusal={refusal}
          onClick={() =>
            void act(() => change.mutateAsync({ id, forMs: 0 }), `All traffic goes to ${name} in a moment.`)
          }
        >
          Send everything to {name} now
        </Button>
      }
      className="gap-4"
    >
      <SidesTable
        sides={[
          { role: "canary", ...candidate },
          { role: "live", ...live },
        ]}
      />
      {outcome !== null && (
        <p className="wrap-anywhere">
          {verdictSentence(outcome, live.releaseNumber)}{" "}
          <span className="text-muted">{waitingSentence(outcome)}</span>
        </p>
      )}
      <CanaryForm id={id} canary={canary} refusal={refusal} />
    </Section>
  );
}
