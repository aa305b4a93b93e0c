"use client";
import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { ConfirmDialog } from "#components/ui/confirm-dialog.tsx";
import type { TeamView } from "#server/api/types.ts";
import { useRenewTeams } from "./use-renew-teams.ts";

export function RemoveTeam({ team, onClose }: { team: TeamView; onClose: () => void }) {
  const trpc = useTRPC();
  const renew = useRenewTeams();
  const remove = useMutation(trpc.teams.remove.mutationOptions());
  async function send() {
    try {
      const { services } = await remove.mutateAsync({ teamId: team.id });
      toast.success(`${team.name} is removed. ${orphansText(services, "has")}`);
      await renew();
    } catch (error) {
      toast.error(requestProblem(error).message);
    }
    onClose();
  }
  return (
    <ConfirmDialog
      open
      onOpenChange={(open) => !open && onClose()}
      title={`Remove ${team.name}?`}
      description={`${orphansText(team.services, "will have")} Nobody loses anything that they may do.`}
      confirmLabel={`Remove ${team.name}`}
      keepLabel={`Keep ${team.name}`}
      loading={remove.isPending}
      onConfirm={() => void send()}
    />
  );
}

/** Which services have no team then. */
function orphansText(services: readonly { name: string }[], verb: "has" | "will have"): string {
  if (services.length === 0) return "It owned no service.";
  const names = services.map(({ name }) => name).join(", ");
  const agreeing = verb === "has" && services.length > 1 ? "have" : verb;
  return `${names} ${agreeing} no team${verb === "has" ? " now" : ""}.`;
}
