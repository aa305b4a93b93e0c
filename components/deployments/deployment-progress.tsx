"use client";
import { useNow } from "#components/ui/clock.ts";
import { ProgressBar } from "#components/ui/progress-bar.tsx";
import { formatDurationMs } from "#server/domain/durations.ts";
import type { DeploymentDetail } from "#server/domain/read-models.ts";

/** How far it is against the time that 9 of 10 like it needed. Shown only while it runs towards the switch. */
export function DeploymentProgress({ deployment }: { deployment: DeploymentDetail }) {
  const now = useNow(500);
  const { startedAt, switchedAt, status, expected, progress, stepsDone, stepCount, currentStep } = deployment;
  if (status !== "running" || startedAt === null || switchedAt !== null) return null;
  const elapsedMs = now === null ? 0 : Math.max(0, now - new Date(startedAt).getTime());
  const { p90Ms } = expected;
  const share = p90Ms === null ? progress : Math.min(0.97, elapsedMs / p90Ms);
  return (
    <div className="flex flex-col gap-1.5">
      <ProgressBar label="Progress of the deployment" share={share} />
      <p className="flex flex-wrap justify-between gap-x-4 text-muted text-sm">
        <span>
          {currentStep === null ? "Starting" : `Step ${currentStep}`}, {stepsDone} of {stepCount} done
        </span>
        <span suppressHydrationWarning>{estimate(elapsedMs, expected)}</span>
      </p>
    </div>
  );
}

function estimate(elapsedMs: number, { p90Ms, sampleCount }: DeploymentDetail["expected"]): string {
  if (p90Ms === null) return "The first of its kind: no estimate yet";
  const longest = formatDurationMs(p90Ms);
  if (elapsedMs > p90Ms && sampleCount === 1) return `Longer than the run before (${longest})`;
  if (elapsedMs > p90Ms) return `Longer than 9 of 10 of the last ${sampleCount} runs (${longest})`;
  const left = Math.max(1_000, Math.ceil((p90Ms - elapsedMs) / 1_000) * 1_000);
  const source = sampleCount === 1 ? "as the run before" : `p90 of the last ${sampleCount} runs`;
  return `Switches in ${formatDurationMs(left).replace(".0 s", " s")} or less (${source})`;
}
