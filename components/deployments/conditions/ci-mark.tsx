import { clsx } from "clsx";
import { CircleCheck, CircleDashed, CircleX } from "lucide-react";
import { type Tone, toneText } from "#components/ui/tone.ts";
import type { FactState } from "#server/domain/conditions.ts";

const marks: Record<FactState, { tone: Tone; word: string; Icon: typeof CircleCheck }> = {
  passed: { tone: "live", word: "CI passed", Icon: CircleCheck },
  failed: { tone: "failed", word: "CI failed", Icon: CircleX },
  pending: { tone: "waiting", word: "CI running", Icon: CircleDashed },
};

/** What CI said last about a commit, small enough for a list. */
export function CiMark({ state }: { state: FactState }) {
  const { tone, word, Icon } = marks[state];
  return (
    <span className={clsx("inline-flex items-center gap-1 whitespace-nowrap font-medium", toneText[tone])}>
      <Icon aria-hidden className="size-3.5" />
      {word}
    </span>
  );
}
