/** A request that waits until requests are let go. */
export interface Held {
  go(): void;
  /** There are too many already. */
  refuse(): void;
}

/** Each takes some kilobytes: its headers, and what the kernel has of its body. */
const mostOfService = 1_000;
const mostOfAll = 4_000;
/** An instance is not to get all of them in one moment. */
const batch = 50;

/** How many wait on this router, whatever their service. */
export interface HeldTotal {
  count: number;
}

/** The requests of one service environment that wait, in the order in which they came. */
export class HeldRequests {
  private readonly waiting = new Set<Held>();
  private readonly total: HeldTotal;

  constructor(total: HeldTotal) {
    this.total = total;
  }

  get count(): number {
    return this.waiting.size;
  }

  /** Until it is let go, or the returned function is called: its client has left. */
  add(held: Held): () => void {
    if (this.waiting.size >= mostOfService || this.total.count >= mostOfAll) {
      held.refuse();
      return () => undefined;
    }
    this.waiting.add(held);
    this.total.count += 1;
    return () => void this.take(held);
  }

  letGo(): void {
    if (this.waiting.size === 0) return;
    for (const held of [...this.waiting].slice(0, batch)) if (this.take(held)) held.go();
    setImmediate(() => this.letGo());
  }

  private take(held: Held): boolean {
    if (!this.waiting.delete(held)) return false;
    this.total.count -= 1;
    return true;
  }
}
