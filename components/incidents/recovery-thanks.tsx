"use client";
import { useMutation } from "@tanstack/react-query";
import { HeartHandshake, Medal } from "lucide-react";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { useAct } from "#components/use-act.ts";
import { type Badge, badgeWords } from "#server/domain/badges.ts";
import type { ThanksView } from "#server/domain/incident-views.ts";
import { namesText } from "#server/domain/recovery-card.ts";

export type RecoveryThanksProps = {
  incidentId: number;
  badges: readonly Badge[];
  thanks: readonly ThanksView[];
};

/** What helped, who is thankful, and a button to join them. */
export function RecoveryThanks({ incidentId, badges, thanks }: RecoveryThanksProps) {
  const trpc = useTRPC();
  const act = useAct(trpc.incidents.pathKey());
  const thank = useMutation(trpc.incidents.thank.mutationOptions());
  return (
    <>
      {badges.length > 0 && (
        <ul aria-label="What helped" className="flex flex-wrap gap-x-4 gap-y-1 text-sm">
          {badges.map(({ kind, names }) => (
            <li key={kind} title={badgeWords[kind].hint} className="inline-flex items-center gap-1.5">
              <Medal aria-hidden className="size-4" />
              {badgeWords[kind].name}
              {names.length > 0 && `: ${namesText(names)}`}
            </li>
          ))}
        </ul>
      )}
      <p className="flex flex-wrap items-center gap-x-3 gap-y-2 text-sm">
        {thanks.length > 0 && <span>Thanks from {namesText(thanks.map(({ fromName }) => fromName))}.</span>}
        <Button
          size="small"
          icon={<HeartHandshake />}
          loading={thank.isPending}
          onClick={() => void act(() => thank.mutateAsync({ incidentId }), "They will be glad to read it.")}
        >
          Say thanks
        </Button>
      </p>
    </>
  );
}
