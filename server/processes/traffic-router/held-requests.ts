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
  /** Whose pause is over: they go batch by batch, whether another has begun or not. */
  private readonly leaving = new Set<Held>();
  private readonly total: HeldTotal;

  constructor(total: HeldTotal) {
    this.total = total;
  }

  get count(): number {
    return this.waiting.size + this.leaving.size;
  }

  get leavingCount(): number {
    return this.leaving.size;
  }

  /** Until it is let go, or the returned function is called: its client has left. */
  add(held: Held): () => void {
    if (this.count >= mostOfService || this.total.count >= mostOfAll) {
      held.refuse();
      return () => undefined;
    }
    this.waiting.add(held);
    this.total.count += 1;
    return () => void this.take(held);
  }

  letGo(): void {
    const isUnderWay = this.leaving.size > 0;
    for (const held of this.waiting) this.leaving.add(held);
    this.waiting.clear();
    if (!isUnderWay) this.goOn();
  }

  private goOn(): void {
    for (const held of [...this.leaving].slice(0, batch)) if (this.take(held)) held.go();
    if (this.leaving.size > 0) setImmediate(() => this.goOn());
  }

  private take(held: Held): boolean {
    if (!this.waiting.delete(held) && !this.leaving.delete(held)) return false;
    this.total.count -= 1;
    return true;
  }
}
