"use client";
import { useMutation } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { useAct } from "#components/use-act.ts";

export function ReviewMails({ isWanted }: { isWanted: boolean }) {
  const trpc = useTRPC();
  const act = useAct(trpc.session.account.queryKey());
  const change = useMutation(trpc.session.changeReviewMails.mutationOptions());
  return (
    <Switch
      label="Health reviews by mail"
      hint="When what you deployed to production is live, and when it turns out to make something worse. Needs a mail server."
      checked={change.isPending ? change.variables.wanted : isWanted}
      onCheckedChange={(wanted) =>
        void act(
          () => change.mutateAsync({ wanted }),
          wanted ? "Reviews come to you by mail." : "Reviews come to you by mail no more.",
        )
      }
    />
  );
}
