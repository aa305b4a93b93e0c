"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import { type Hold, holdName, isHeldBy } from "#server/domain/holds.ts";

/** Where these are given, only what holds this service there. */
export type HoldsCalloutProps = { service?: { slug: string; environmentSlugs: readonly string[] } };

/** A hold may end while the page is open, and nobody tells of that. */
const pollMs = 30_000;

/** What is held, until when and why; nothing while nothing is. */
export function HoldsCallout({ service }: HoldsCalloutProps) {
  const trpc = useTRPC();
  const { data = [] } = useQuery(trpc.holds.list.queryOptions(undefined, { refetchInterval: pollMs }));
  const shown = data.filter(
    (hold) =>
      service === undefined ||
      service.environmentSlugs.some((environmentSlug) =>
        isHeldBy(hold, { serviceSlug: service.slug, environmentSlug }),
      ),
  );
  return shown.map((hold) => <OneHold key={hold.id} hold={hold} />);
}

function OneHold({ hold }: { hold: Hold }) {
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  const act = useAct(trpc.holds.list.queryKey(), trpc.deployments.plan.pathKey());
  const end = useMutation(trpc.holds.end.mutationOptions());
  const name = holdName(hold.scope);
  return (
    <Callout
      tone="attention"
      role="status"
      title={`${name} is held`}
      actions={
        session.data?.may.manageServices === true && (
          <Button
            size="small"
            loading={end.isPending}
            onClick={() => void act(() => end.mutateAsync({ id: hold.id }), `${name} is held no more.`)}
          >
            End the hold
          </Button>
        )
      }
    >
      <span className="wrap-anywhere">{hold.reason}</span> Until <Time at={hold.endsAt} />, by{" "}
      {hold.placedByName}. Machines deploy nothing meanwhile; a person still can.
    </Callout>
  );
}
