"use client";
import { useMutation } from "@tanstack/react-query";
import { toast } from "sonner";
import { requestProblem } from "#components/request-problem.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Dialog } from "#components/ui/dialog.tsx";
import { Switch } from "#components/ui/switch.tsx";
import type { MemberRow, TeamView } from "#server/api/types.ts";
import { useRenewTeams } from "./use-renew-teams.ts";

export type TeamPeopleProps = { team: TeamView; members: MemberRow[]; onClose: () => void };

/** Who belongs to a team: each switch takes effect at once. */
export function TeamPeople({ team, members, onClose }: TeamPeopleProps) {
  const trpc = useTRPC();
  const renew = useRenewTeams();
  const set = useMutation(
    trpc.teams.setMembership.mutationOptions({
      onSettled: renew,
      onError: (error) => toast.error(requestProblem(error).message),
    }),
  );
  const here = members.filter(({ leftAt }) => leftAt === null);
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      size="small"
      title={`Members of ${team.name}`}
      description="It changes what is shown, and nothing that they may do."
    >
      <ul className="flex flex-col gap-3">
        {here.map(({ id, name }) => (
          <li key={id}>
            <Switch
              label={name}
              checked={team.members.some((member) => member.id === id)}
              disabled={set.isPending}
              onCheckedChange={(isMember) => set.mutate({ teamId: team.id, userId: id, isMember })}
            />
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
