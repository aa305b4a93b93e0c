import { Time, type TimeProps } from "#components/ui/time.tsx";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import { isScheduledLater } from "#server/domain/schedule.ts";

export type ScheduledTimeProps = { deployment: DeploymentBrief; layout?: TimeProps["layout"] };

const startsWithDate = (layout: TimeProps["layout"]) => layout === undefined || layout === "inline";

/** `for 26 Nov, 09:00 UTC · in 10 h`, beside the word `scheduled`; nothing where it does not wait for a time. */
export function ScheduledTime({ deployment, layout }: ScheduledTimeProps) {
  const { status, scheduledFor } = deployment;
  if (status !== "queued" || scheduledFor === null || !isScheduledLater(deployment)) return null;
  return (
    <span className="text-muted text-sm">
      {startsWithDate(layout) && "for "}
      <Time at={scheduledFor} layout={layout} />
    </span>
  );
}
