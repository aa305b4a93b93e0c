"use client";
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { CirclePause } from "lucide-react";
import { useEffect } from "react";
import { readsOnly } from "#components/identity/role-words.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Callout } from "#components/ui/callout.tsx";
import { useNow } from "#components/ui/clock.ts";
import { useAct } from "#components/use-act.ts";
import type { ServiceEnvironmentView } from "#server/api/types.ts";

/** That requests are held, for how long still, and a click to let them go; nothing while none are. */
export function PauseLine({ view, slug }: { view: ServiceEnvironmentView; slug: string }) {
  const { heldUntil } = view;
  return heldUntil === null ? null : <Held key={heldUntil} view={view} slug={slug} heldUntil={heldUntil} />;
}

function Held({ view, slug, heldUntil }: { view: ServiceEnvironmentView; slug: string; heldUntil: string }) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const act = useAct(trpc.services.get.queryKey({ slug }));
  const session = useQuery(trpc.session.current.queryOptions());
  const resume = useMutation(trpc.services.resumeTraffic.mutationOptions());
  const { environment } = view;
  const leftMs = new Date(heldUntil).getTime() - (useNow(1_000) ?? Date.now());
  const isOver = leftMs <= 0;
  // Nobody tells of a pause that has ended by itself.
  useEffect(() => {
    if (isOver) void queryClient.invalidateQueries(trpc.services.get.queryFilter({ slug }));
  }, [isOver, queryClient, trpc, slug]);
  if (isOver) return null;
  return (
    <Callout
      tone="attention"
      role="status"
      title={`Requests in ${environment.name} are held`}
      actions={
        <Button
          size="small"
          icon={<CirclePause />}
          loading={resume.isPending}
          refusal={session.data?.may.deploy === false ? readsOnly : null}
          onClick={() =>
            void act(
              () => resume.mutateAsync({ slug, environmentSlug: environment.slug }),
              `Requests in ${environment.name} go on.`,
            )
          }
        >
          Let requests go
        </Button>
      }
    >
      They wait, and go on by themselves in{" "}
      <span suppressHydrationWarning>{Math.ceil(leftMs / 1_000)} s</span>.
    </Callout>
  );
}
