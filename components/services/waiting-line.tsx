"use client";
import { clsx } from "clsx";
import { useNow } from "#components/ui/clock.ts";
import { sinceText } from "#components/ui/time-text.ts";
import { sizeAdvice, type Waiting, waitingText } from "#server/domain/waiting.ts";

export type WaitingLineProps = {
  waiting: Waiting;
  /** Beside their number: only since when, and what to make of it. */
  isShort?: boolean;
};

/** `4 commits (120 lines) wait since Tuesday: small is safe. The usual deploy here has 5.` */
export function WaitingLine({ waiting, isShort = false }: WaitingLineProps) {
  const now = useNow(60_000);
  const { text, isLarge } = sizeAdvice(waiting);
  // The server speaks UTC, the browser its own zone.
  const zone = now === null ? "UTC" : undefined;
  const { since, usualCommits } = waiting;
  const when = since === null ? [] : [`since ${sinceText(new Date(since), now ?? Date.now(), zone)}`];
  const usual = isShort || usualCommits === null ? "" : `. The usual deploy here has ${usualCommits}.`;
  const what = isShort ? [] : [waitingText(waiting)];
  return (
    <span suppressHydrationWarning className={clsx("text-sm", isLarge ? "text-attention" : "text-muted")}>
      {[...what, ...when].join(" ")}
      {what.length + when.length > 0 && ": "}
      {text}
      {usual}
    </span>
  );
}
