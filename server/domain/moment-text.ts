import type { Moment } from "./read-models.ts";

/** `25 Nov 2026, 18:00 UTC`: where words are made for everybody, whatever their zone. */
export function utcText(at: Moment): string {
  const text = new Date(at).toLocaleString("en-GB", {
    ...{ day: "numeric", month: "short", year: "numeric", hour: "2-digit", minute: "2-digit" },
    timeZone: "UTC",
  });
  return `${text} UTC`;
}
