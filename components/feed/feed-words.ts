import type { Tone } from "#components/ui/tone.ts";
import type { FeedKind, FeedState } from "#server/domain/feed.ts";
import type { NoteKind } from "#server/domain/note.ts";

/** The words of the feed's states, in the calm language of its readers. */
export function stateLook(kind: FeedKind, state: FeedState): { tone: Tone; word: string } {
  switch (state) {
    case "waiting":
      return { tone: "waiting", word: "waiting" };
    case "started":
      return { tone: "running", word: "under way" };
    case "live":
      return { tone: "live", word: kind === "maintenance" ? "done" : "live" };
    case "failed":
      return { tone: "waiting", word: "not released" };
    case "cancelled":
      return { tone: "waiting", word: "called off" };
    case "held":
      return { tone: "attention", word: "on hold" };
    case "lifted":
      return { tone: "live", word: "over" };
    case "opened":
      return { tone: "failed", word: "incident" };
    case "ongoing":
      return { tone: "attention", word: "we are on it" };
    case "recovered":
      return { tone: "recovered", word: "recovered" };
    case "over":
      return { tone: "live", word: "works again" };
  }
}

export const noteTones: Record<NoteKind, Tone> = { new: "running", better: "live", fixed: "recovered" };
