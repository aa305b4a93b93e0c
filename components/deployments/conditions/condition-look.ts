import { CircleHelp } from "lucide-react";
import { createElement } from "react";
import { conditionStateWord } from "#server/domain/condition-words.ts";
import type { CheckedCondition } from "#server/domain/conditions.ts";
import type { StatusLook } from "../step-status-look.ts";

/** Icon, word and hue of a condition as it was found. */
export function conditionLook({ kind, state }: CheckedCondition): StatusLook {
  const word = conditionStateWord(kind, state);
  if (state === "met") return { tone: "live", word };
  if (state === "not-met") return { tone: "failed", word };
  return { tone: "attention", word, icon: createElement(CircleHelp) };
}
