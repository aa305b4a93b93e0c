"use client";
import { useState } from "react";
import type { StepName } from "#server/domain/deployment.ts";

export interface Folding {
  folded: ReadonlySet<StepName>;
  toggle(step: StepName): void;
  unfold(step: StepName): void;
  /** Folds these, or unfolds them where all are folded. */
  toggleAll(steps: readonly StepName[]): void;
}

/** Which steps of the log show their heading only. */
export function useFolding(): Folding {
  const [folded, setFolded] = useState<ReadonlySet<StepName>>(new Set());
  return {
    folded,
    toggle: (step) => setFolded((now) => (now.has(step) ? without(now, step) : new Set([...now, step]))),
    unfold: (step) => setFolded((now) => (now.has(step) ? without(now, step) : now)),
    toggleAll: (steps) =>
      setFolded((now) => (steps.every((step) => now.has(step)) ? new Set() : new Set(steps))),
  };
}

function without(steps: ReadonlySet<StepName>, step: StepName): ReadonlySet<StepName> {
  return new Set([...steps].filter((one) => one !== step));
}
