"use client";
import { useQuery } from "@tanstack/react-query";
import { useTRPC } from "#components/trpc.tsx";
import { Switch } from "#components/ui/switch.tsx";
import { tellsBeforehand } from "#server/domain/broadcast.ts";
import type { DeploymentPlan } from "#server/domain/read-models.ts";

type AnnounceSwitchProps = {
  plan: DeploymentPlan;
  checked: boolean;
  onCheckedChange: (checked: boolean) => void;
};

/** Whether stakeholders hear of it before it begins; nothing where no channel is told beforehand, or help must not wait. */
export function AnnounceSwitch({ plan, checked, onCheckedChange }: AnnounceSwitchProps) {
  const trpc = useTRPC();
  const channels = useQuery(trpc.channels.list.queryOptions());
  const told = (channels.data ?? []).filter((channel) =>
    tellsBeforehand(channel, plan.serviceSlug, plan.environment.slug),
  );
  if (told.length === 0 || plan.kind === "switch-back") return null;
  return (
    <Switch
      label="Tell stakeholders before"
      hint={`${told.map(({ name }) => name).join(", ")} ${told.length === 1 ? "reads" : "read"} now that it is about to be released${
        plan.scheduledFor === null ? "" : ", and when"
      }.`}
      checked={checked}
      onCheckedChange={onCheckedChange}
    />
  );
}
