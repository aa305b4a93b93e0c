import { CircleDashed, CircleSlash, MinusCircle } from "lucide-react";
import { createElement, type ReactNode } from "react";
import type { Tone } from "#components/ui/tone.ts";
import type { StepStatus } from "#server/domain/deployment.ts";

export interface StatusLook {
  tone: Tone;
  word: string;
  /** Instead of the tone's own. */
  icon?: ReactNode;
}

const looks: Record<StepStatus, StatusLook> = {
  pending: { tone: "waiting", word: "to come", icon: createElement(CircleDashed) },
  running: { tone: "running", word: "running" },
  succeeded: { tone: "live", word: "done" },
  failed: { tone: "failed", word: "failed" },
  skipped: { tone: "waiting", word: "skipped", icon: createElement(MinusCircle) },
  cancelled: { tone: "attention", word: "cancelled", icon: createElement(CircleSlash) },
};

/** Icon, word and hue of a step. */
export function stepStatusLook(status: StepStatus): StatusLook {
  return looks[status];
}
