/** Something changed: `topic` is what kind of thing (`deployment`, `service`, `worker`, …), `id` which one. */
export type LiveEvent = { topic: string; id: string };

/** `resync`: events may have been missed, so everything shown has to be asked for again. */
export type LiveMessage = LiveEvent | "resync";

export type LiveStatus = "connecting" | "connected" | "reconnecting";

/** The data of an SSE `change`, or null where it is not one. */
export function parseLiveEvent(data: unknown): LiveEvent | null {
  if (typeof data !== "string") return null;
  try {
    const value: unknown = JSON.parse(data);
    if (typeof value !== "object" || value === null || !("topic" in value) || !("id" in value)) return null;
    return { topic: String(value.topic), id: String(value.id) };
  } catch {
    return null;
  }
}
