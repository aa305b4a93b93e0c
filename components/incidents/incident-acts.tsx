"use client";
import { useMutation, useQuery } from "@tanstack/react-query";
import { Ellipsis, Eye } from "lucide-react";
import { readsOnly } from "#components/identity/role-words.ts";
import { useTRPC } from "#components/trpc.tsx";
import { Button } from "#components/ui/button.tsx";
import { IconButton } from "#components/ui/icon-button.tsx";
import { Menu, MenuItem } from "#components/ui/menu.tsx";
import { useAct } from "#components/use-act.ts";
import type { IncidentPage } from "#server/api/types.ts";
import { actsIn, type IncidentAct, incidentTransitions, isOngoing } from "#server/domain/incident.ts";

const dones: Record<IncidentAct, string> = {
  confirm: "It is confirmed: the team reads of it.",
  dismiss: "It was no incident.",
  mitigate: "Users are well again. It is over once all is as before.",
  recover: "All is as before. Thank you.",
  reopen: "It goes on.",
};

/** “I’m looking”, and what a person says became of it. */
export function IncidentActs({ page: { incident, deployments } }: { page: IncidentPage }) {
  const trpc = useTRPC();
  const session = useQuery(trpc.session.current.queryOptions());
  const act = useAct(trpc.incidents.pathKey());
  const acting = useMutation(trpc.incidents.act.mutationOptions());
  const looking = useMutation(trpc.incidents.lookAt.mutationOptions());
  const changing = useMutation(trpc.incidents.setChange.mutationOptions());
  const refusal = session.data?.may.deploy === false ? readsOnly : null;
  const { id: incidentId, state, change } = incident;
  const [first, ...others] = actsIn(state);
  const lead = (name: IncidentAct) =>
    void act(() => acting.mutateAsync({ incidentId, act: name }), dones[name]);
  const candidates = deployments.filter(
    ({ switchedAt, id }) => switchedAt !== null && id !== change?.deploymentId,
  );
  const setChange = (deploymentId: number | null) =>
    void act(() => changing.mutateAsync({ incidentId, deploymentId }), "It stands in the timeline.");
  return (
    <>
      {isOngoing(state) && (
        <Button
          icon={<Eye />}
          refusal={refusal}
          loading={looking.isPending}
          onClick={() =>
            void act(() => looking.mutateAsync({ incidentId }), "The others see that you are looking.")
          }
        >
          I’m looking
        </Button>
      )}
      {first !== undefined && (
        <Button refusal={refusal} loading={acting.isPending} onClick={() => lead(first)}>
          {incidentTransitions[first].label}
        </Button>
      )}
      <Menu trigger={<IconButton label="More about this incident" icon={<Ellipsis />} />}>
        {others.map((name) => (
          <MenuItem key={name} refusal={refusal} onClick={() => lead(name)}>
            {incidentTransitions[name].label}
          </MenuItem>
        ))}
        {change !== null && (
          <MenuItem refusal={refusal} onClick={() => setChange(null)}>
            It came with no deployment
          </MenuItem>
        )}
        {candidates.map(({ id, releaseNumber }) => (
          <MenuItem key={id} refusal={refusal} onClick={() => setChange(id)}>
            It came with {releaseNumber === null ? `deployment ${id}` : `#${releaseNumber}`}
          </MenuItem>
        ))}
      </Menu>
    </>
  );
}
