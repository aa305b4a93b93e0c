"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { ServicePage } from "#server/api/types.ts";

type QueueSwitchesProps = { service: ServicePage; isDisabled: boolean };

/** What a newer commit does to an older one that waits, in each environment; saved at once. */
export function QueueSwitches({ service, isDisabled }: QueueSwitchesProps) {
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const { slug } = service;
  const set = useMutation(
    trpc.services.setSuperseding.mutationOptions({
      onSuccess: () => queryClient.invalidateQueries(trpc.services.get.queryFilter({ slug })),
      onError: (error) => toast.error("It was not saved", { description: requestProblem(error).message }),
    }),
  );
  return (
    <ul className="divide-y">
      {service.environments.map(({ environment, supersedesWaiting }) => {
        const isSaving = set.isPending && set.variables.environmentSlug === environment.slug;
        const isChecked = isSaving ? set.variables.supersedesWaiting : supersedesWaiting;
        return (
          <li key={environment.slug} className="py-3">
            <Switch
              label={`Deploy only the newest that waits in ${environment.name}`}
              hint={
                isChecked
                  ? "A newer commit takes the place of older ones that wait."
                  : "All that wait are deployed, one after the other."
              }
              checked={isChecked}
              disabled={isDisabled}
              onCheckedChange={(wanted) =>
                set.mutate({ slug, environmentSlug: environment.slug, supersedesWaiting: wanted })
              }
            />
          </li>
        );
      })}
    </ul>
  );
}
