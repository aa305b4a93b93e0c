"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Split } from "lucide-react";
import { readsOnly } from "#components/identity/role-words.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { Status } from "#components/ui/status.tsx";
import { Time } from "#components/ui/time.tsx";
import { useAct } from "#components/use-act.ts";
import type { ServiceEnvironmentView } from "#server/api/types.ts";
import { shareText } from "#server/domain/shares.ts";

/** What stays with the release before, until when, and a click to end it; nothing while nothing does. */
export function HoldbackLine({ view, slug }: { view: ServiceEnvironmentView; slug: string }) {
  const trpc = useTRPC();
  const act = useAct(trpc.services.get.queryKey({ slug }));
  const session = useQuery(trpc.session.current.queryOptions());
  const end = useMutation(trpc.services.endHoldback.mutationOptions());
  const { shared, pools, live, environment } = view;
  if (shared === null || shared.until === null) return null;
  const held = pools.find(({ color }) => color === shared.pool)?.release?.number;
  return (
    <div className="flex flex-wrap items-center justify-between gap-x-4 gap-y-2">
      <p className="min-w-0 grow basis-72">
        <Status tone="running" icon={<Split />} word="Held back" className="mr-2" />
        {shareText(shared.share)} of the requests stay with #{held} until{" "}
        <Time at={shared.until} layout="absolute" />.
      </p>
      <Button
        size="small"
        loading={end.isPending}
        refusal={session.data?.may.deploy === false ? readsOnly : null}
        onClick={() =>
          void act(
            () => end.mutateAsync({ slug, environmentSlug: environment.slug }),
            `All traffic in ${environment.name} goes to #${live?.number}.`,
          )
        }
      >
        Send everything to #{live?.number}
      </Button>
    </div>
  );
}
