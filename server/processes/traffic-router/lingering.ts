import type { PoolColor } from "#server/domain/pools.ts";

/** Closes one connection that would stay open for ever, so that its client comes again at once. */
export type ClosePolitely = () => void;

/** Many that are closed in one moment would come again in one moment. */
const spreadOverMs = 1_000;
/** Later than any timer can be told; the route is read again long before. */
const longestTimerMs = 2 ** 31 - 1;

/** What stays open to the pools of a service environment: websockets and event streams. */
export class Lingering {
  private readonly open: Record<PoolColor, Set<ClosePolitely>> = {
    blue: new Set(),
    green: new Set(),
    violet: new Set(),
  };
  private timer: NodeJS.Timeout | undefined;

  /** Until the returned function is called. */
  add(pool: PoolColor, close: ClosePolitely): () => void {
    this.open[pool].add(close);
    return () => this.open[pool].delete(close);
  }

  /** Closes in so many milliseconds what is open then to pools that `isLeft`; takes the place of what was said before. */
  closeIn(delayMs: number | null, isLeft: (pool: PoolColor) => boolean): void {
    clearTimeout(this.timer);
    if (delayMs === null) return;
    this.timer = setTimeout(() => this.closeLeft(isLeft), Math.min(Math.max(0, delayMs), longestTimerMs));
    this.timer.unref();
  }

  private closeLeft(isLeft: (pool: PoolColor) => boolean): void {
    const all = Object.entries(this.open) as [PoolColor, Set<ClosePolitely>][];
    const closing = all.flatMap(([pool, open]) =>
      isLeft(pool) ? [...open].map((close) => ({ open, close })) : [],
    );
    for (const [index, { open, close }] of closing.entries()) {
      const closeIt = () => {
        // It may have ended by itself meanwhile.
        if (open.delete(close)) close();
      };
      setTimeout(closeIt, (index * spreadOverMs) / closing.length).unref();
    }
  }
}
