"use client";
import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { Duration } from "#components/ui/duration.tsx";
import { Status } from "#components/ui/status.tsx";
import type { StepView } from "#server/domain/read-models.ts";
import { stepStatusLook } from "../step-status-look.ts";
import type { LogPart } from "./log-rows.ts";

export type LogStepHeadingProps = {
  part: LogPart;
  step: StepView | undefined;
  isFolded: boolean;
  onToggle: () => void;
};

/** Folds the lines of one step. */
export function LogStepHeading({ part, step, isFolded, onToggle }: LogStepHeadingProps) {
  const lines = part.to - part.from + 1;
  const look = step === undefined ? null : stepStatusLook(step.status);
  return (
    <button
      type="button"
      aria-expanded={!isFolded}
      onClick={onToggle}
      className="sticky left-0 flex h-8 w-(--log-width) items-center gap-2 border-line border-b bg-sunken px-3 text-left font-sans text-sm -outline-offset-2 hover:bg-hover"
    >
      <ChevronRight
        aria-hidden
        className={clsx(
          "size-3.5 shrink-0 text-faint transition-transform duration-100",
          !isFolded && "rotate-90",
        )}
      />
      <span className="font-medium">{part.step}</span>
      {look !== null && <Status tone={look.tone} word={look.word} icon={look.icon} className="text-xs" />}
      <span className="ml-auto flex gap-3 text-faint text-xs">
        <span>{lines === 1 ? "1 line" : `${lines.toLocaleString("en")} lines`}</span>
        {step?.durationMs != null && <Duration ms={step.durationMs} />}
      </span>
    </button>
  );
}
