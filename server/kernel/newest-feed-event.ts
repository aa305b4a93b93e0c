import { processWide } from "./process-wide.ts";

/**
 * The newest event of the public feed's stream, told by the bare server: a page that is drawn now listens from there on.
 * Null where nothing is streamed.
 */
export function newestFeedEvent(): { id(): string | null } {
  return processWide<{ id(): string | null }>("newest-feed-event", () => ({ id: () => null }));
}
