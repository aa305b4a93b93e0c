"use client";
import { useMutation, useQueryClient } from "@tanstack/react-query";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { wanted } from "#server/domain/condition-words.ts";
import type { Condition, ConditionKind } from "#server/domain/conditions.ts";
import type { Environment } from "#server/domain/read-models.ts";

/** The conditions of one environment, each change saved at once; what was before can be had back. */
export function useConditions(place: { slug: string; environment: Environment; saved: Condition[] }) {
  const { slug, environment, saved } = place;
  const trpc = useTRPC();
  const queryClient = useQueryClient();
  const set = useMutation(
    trpc.conditions.set.mutationOptions({
      // Each change sends the whole list, so a quick second one waits for the first.
      scope: { id: `conditions of ${slug} in ${environment.slug}` },
      onSuccess: async ({ before, after }) => {
        await queryClient.invalidateQueries(trpc.services.get.queryFilter({ slug }));
        toast.success(`Saved. ${environment.name} asks for ${inWords(after)}.`, {
          description: "From the next deployment on.",
          action: { label: "Undo", onClick: () => save(before) },
        });
      },
      onError: (error) => toast.error("It was not saved", { description: requestProblem(error).message }),
    }),
  );
  const save = (conditions: Condition[]) =>
    set.mutate({ slug, environmentSlug: environment.slug, conditions });
  // What is being saved is shown at once; it goes back to what is stored where that fails.
  const conditions = set.isPending ? set.variables.conditions : saved;
  return {
    conditions,
    change(kind: ConditionKind, condition: Condition | null) {
      const others = conditions.filter((one) => one.kind !== kind);
      save(condition === null ? others : [...others, condition]);
    },
  };
}

function inWords(conditions: readonly Condition[]): string {
  if (conditions.length === 0) return "nothing of a commit";
  return new Intl.ListFormat("en-GB").format(conditions.map(({ kind }) => wanted[kind]));
}
