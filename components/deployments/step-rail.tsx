import { clsx } from "clsx";
import { Duration } from "#components/ui/duration.tsx";
import { Status } from "#components/ui/status.tsx";
import type { StepName } from "#server/domain/deployment.ts";
import { formatDurationMs } from "#server/domain/durations.ts";
import type { StepView } from "#server/domain/read-models.ts";
import { stepStatusLook } from "./step-status-look.ts";

export type StepRailProps = {
  steps: readonly StepView[];
  /** A step that has lines in the log was clicked. */
  onOpen: (step: StepName) => void;
};

/** The steps in order: a column beside the log; a strip above it on a phone. */
export function StepRail({ steps, onOpen }: StepRailProps) {
  return (
    <nav aria-label="Steps of the deployment" className="min-w-0">
      <ol className="relative flex max-lg:-mx-4 max-lg:overflow-x-auto max-lg:px-4 max-lg:pb-1 lg:flex-col">
        {steps.map((step) => (
          <li
            key={step.name}
            aria-current={step.status === "running" ? "step" : undefined}
            className="group shrink-0"
          >
            <Step step={step} onOpen={onOpen} />
          </li>
        ))}
      </ol>
    </nav>
  );
}

function Step({ step, onOpen }: { step: StepView; onOpen: StepRailProps["onOpen"] }) {
  const hasLines = step.firstLine !== null;
  const isQuiet = step.status === "skipped" || step.status === "pending";
  const className = clsx(
    "flex w-full flex-col rounded-md px-2.5 py-1.5 text-left max-lg:min-w-28 lg:min-h-9",
    hasLines && "hover:bg-hover",
    step.status === "running" && "bg-running-soft",
    step.status === "failed" && "bg-failed-soft",
  );
  const content = (
    <>
      <span className="flex w-full flex-wrap items-baseline justify-between gap-x-3">
        <span className={clsx("font-medium", isQuiet && "text-muted")}>{step.name}</span>
        <Timing step={step} />
      </span>
      <span className="flex w-full flex-wrap items-baseline gap-x-1.5 text-sm">
        <StepStatus step={step} />
      </span>
    </>
  );
  if (!hasLines) return <span className={className}>{content}</span>;
  return (
    <button type="button" onClick={() => onOpen(step.name)} className={className}>
      {content}
      <span className="sr-only">, show its lines in the log</span>
    </button>
  );
}

function StepStatus({ step }: { step: StepView }) {
  const look = stepStatusLook(step.status);
  return (
    <>
      <Status tone={look.tone} word={look.word} icon={look.icon} className="font-normal!" />
      {step.detail !== null && <span className="text-muted max-lg:hidden">{step.detail}</span>}
    </>
  );
}

function Timing({ step }: { step: StepView }) {
  if (step.status === "skipped") return null;
  const expected = step.expectedMs === null ? null : formatDurationMs(step.expectedMs);
  return (
    <span className="text-muted text-sm">
      {step.startedAt !== null &&
        (step.durationMs !== null ? <Duration ms={step.durationMs} /> : <Duration since={step.startedAt} />)}
      {expected !== null && (step.status === "running" || step.status === "pending") && (
        <span className="text-faint"> about {expected}</span>
      )}
    </span>
  );
}
