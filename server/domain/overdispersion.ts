interface Bin {
  requests: number;
  bad: number;
}

/** Retries of one request mostly come within that time. */
const binSeconds = 10;
/** Fewer pairs say nothing yet. */
const leastPairs = 10;
/** Below that it may be chance, and costs nothing. */
const noticeable = 1.2;
/** Above what was seen, by how many of its standard errors. */
const standardErrors = 2;

/**
 * How much more the bad requests of neighbouring bins differ than they would if each came by itself: 1 for those, 2 where
 * they come in pairs. Of bins next to each other alone, so that a rate that changes slowly does not count: given what both
 * have, one of them has its share of it with a binomial variance, whatever the rate.
 */
export class Overdispersion {
  private readonly closed = new Deviations();
  private former: Bin | null = null;
  /** The last one of the pair before: what is going on is held against it until there is one to be paired with. */
  private last: Bin | null = null;
  private current: Bin = { requests: 0, bad: 0 };
  private begins: number | null = null;

  /** Adds a bucket; several of them make a bin. `beginsAt` in seconds. */
  add(beginsAt: number, requests: number, bad: number): void {
    const begins = beginsAt - (beginsAt % binSeconds);
    if (this.begins !== null && begins !== this.begins) this.close();
    this.begins = begins;
    this.current.requests += requests;
    this.current.bad += bad;
  }

  /** Each bin belongs to one pair: else the pairs would be no independent witnesses. */
  private close(): void {
    const { former, current } = this;
    this.current = { requests: 0, bad: 0 };
    this.former = former === null ? current : null;
    if (former === null) return;
    this.closed.add(former, current);
    this.last = current;
  }

  private neighbour(): Bin | null {
    return this.former ?? this.last;
  }

  /**
   * What all of these have seen, with what is still going on: a burst has to count for little while it lasts. Where bad
   * requests come in clusters it is put so high that it is hardly ever more: too little would raise false alarms.
   */
  static of(meters: readonly Overdispersion[]): number {
    const all = new Deviations();
    for (const meter of meters) {
      all.join(meter.closed);
      const neighbour = meter.neighbour();
      if (neighbour !== null) all.add(neighbour, meter.current);
    }
    return all.ratio();
  }
}

/** How far one of each pair is off its share, squared, beside how far it would be; as sums over the pairs. */
class Deviations {
  private pairs = 0;
  private seen = 0;
  private expected = 0;
  private seenSquared = 0;
  private expectedSquared = 0;
  private product = 0;

  /** Nothing where the pair says nothing. */
  add(one: Bin, other: Bin): void {
    const bad = one.bad + other.bad;
    if (bad === 0 || one.requests === 0 || other.requests === 0) return;
    const share = other.requests / (one.requests + other.requests);
    const seen = (other.bad - bad * share) ** 2;
    const expected = bad * share * (1 - share);
    this.pairs += 1;
    this.seen += seen;
    this.expected += expected;
    this.seenSquared += seen ** 2;
    this.expectedSquared += expected ** 2;
    this.product += seen * expected;
  }

  join(more: Deviations): void {
    this.pairs += more.pairs;
    this.seen += more.seen;
    this.expected += more.expected;
    this.seenSquared += more.seenSquared;
    this.expectedSquared += more.expectedSquared;
    this.product += more.product;
  }

  /** With the standard error of a ratio of sums: a few great bursts say less than many small clusters. */
  ratio(): number {
    if (this.pairs < leastPairs || this.seen <= noticeable * this.expected) return 1;
    const ratio = this.seen / this.expected;
    const residuals = this.seenSquared - 2 * ratio * this.product + ratio ** 2 * this.expectedSquared;
    return ratio + (standardErrors * Math.sqrt(Math.max(0, residuals))) / this.expected;
  }
}
