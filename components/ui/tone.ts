/** The six hues that mean something. Status is always icon + word + hue, never hue alone. */
export const tones = ["waiting", "running", "live", "attention", "failed", "recovered"] as const;
export type Tone = (typeof tones)[number];

export const toneText: Record<Tone, string> = {
  waiting: "text-waiting",
  running: "text-running",
  live: "text-live",
  attention: "text-attention",
  failed: "text-failed",
  recovered: "text-recovered",
};

export const toneSoft: Record<Tone, string> = {
  waiting: "bg-waiting-soft text-waiting",
  running: "bg-running-soft text-running",
  live: "bg-live-soft text-live",
  attention: "bg-attention-soft text-attention",
  failed: "bg-failed-soft text-failed",
  recovered: "bg-recovered-soft text-recovered",
};

export const toneFill: Record<Tone, string> = {
  waiting: "bg-waiting",
  running: "bg-running",
  live: "bg-live",
  attention: "bg-attention",
  failed: "bg-failed",
  recovered: "bg-recovered",
};
