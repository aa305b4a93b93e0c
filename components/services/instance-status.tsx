import { Status } from "#components/ui/status.tsx";
import type { Tone } from "#components/ui/tone.ts";
import type { InstanceStatus } from "#server/domain/pools.ts";

const tones: Record<InstanceStatus, Tone> = {
  starting: "running",
  healthy: "live",
  unhealthy: "failed",
  restarting: "attention",
  ending: "waiting",
  ended: "waiting",
};

export function InstanceStatusMark({ status }: { status: InstanceStatus }) {
  return <Status tone={tones[status]} word={status} />;
}
