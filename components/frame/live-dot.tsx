"use client";
import { clsx } from "clsx";
import type { LiveStatus } from "#components/live/live-event.ts";
import { useLiveStatus } from "#components/live/use-live.ts";

const looks: Record<LiveStatus, { word: string; dot: string; text: string }> = {
  connecting: { word: "Connecting", dot: "border-waiting border-dashed", text: "text-faint" },
  connected: { word: "Live", dot: "border-live bg-live", text: "text-muted" },
  reconnecting: {
    word: "Reconnecting",
    dot: "border-attention motion-safe:animate-breathe",
    text: "text-attention",
  },
};

/** Whether what is shown follows what happens. */
export function LiveDot() {
  const { word, dot, text } = looks[useLiveStatus()];
  return (
    <span role="status" className={clsx("inline-flex items-center gap-1.5 px-1 text-sm", text)}>
      <span aria-hidden className={clsx("size-2 rounded-full border-[1.5px]", dot)} />
      <span className="max-sm:sr-only">{word}</span>
    </span>
  );
}
