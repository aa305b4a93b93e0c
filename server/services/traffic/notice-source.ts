import type { Notice } from "#server/kernel/notifications.ts";

/** Where a waiting verb hears that something moved; it also polls, since a notice may be missed. */
export interface NoticeSource {
  /** Calls `onNotice` for every notice until the returned function is called. */
  subscribe(onNotice: (notice: Notice) => void): () => void;
}

const pollEveryMs = 250;

export interface Waiting {
  timeoutMs: number;
  signal?: AbortSignal | undefined;
  /** Whether a notice is worth a look; where left out, each acknowledgement of a router is. */
  isWoken?: (notice: Notice) => boolean;
  pollEveryMs?: number;
}

const isAcknowledgement = ({ topic }: Notice) => topic === "router-acknowledgement";

/**
 * Asks `check` at once, after each notice that may matter, and every 250 ms or as said; ends as soon as it says `done`, with
 * its last answer when `timeoutMs` are over or `signal` aborts.
 */
export async function waitUntil<T extends { done: boolean }>(
  notices: NoticeSource,
  options: Waiting,
  check: () => Promise<T>,
): Promise<T> {
  const deadline = AbortSignal.any([
    AbortSignal.timeout(options.timeoutMs),
    ...(options.signal ? [options.signal] : []),
  ]);
  let wake = Promise.withResolvers<void>();
  const nudge = () => wake.resolve();
  const { isWoken = isAcknowledgement } = options;
  const unsubscribe = notices.subscribe((notice) => {
    if (isWoken(notice)) nudge();
  });
  const poll = setInterval(nudge, options.pollEveryMs ?? pollEveryMs);
  deadline.addEventListener("abort", nudge);
  try {
    for (;;) {
      wake = Promise.withResolvers<void>();
      const over = deadline.aborted;
      const answer = await check();
      if (answer.done || over) return answer;
      await wake.promise;
    }
  } finally {
    clearInterval(poll);
    unsubscribe();
    deadline.removeEventListener("abort", nudge);
  }
}
