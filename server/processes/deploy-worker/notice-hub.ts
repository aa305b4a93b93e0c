import type { Notice } from "#server/kernel/notifications.ts";

/** Hands every notification to whoever waits for one in this process. */
export class NoticeHub {
  #listeners = new Set<(notice: Notice) => void>();

  subscribe(onNotice: (notice: Notice) => void): () => void {
    this.#listeners.add(onNotice);
    return () => this.#listeners.delete(onNotice);
  }

  tell(notice: Notice): void {
    for (const onNotice of this.#listeners) onNotice(notice);
  }
}
