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
  private pairs = 0;
  private seen = 0;
  private expected = 0;
  private former: Bin | null = null;
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
    if (former === null) {
      this.former = current;
      return;
    }
    this.former = null;
    const pair = deviation(former, current);
    if (pair === null) return;
    this.pairs += 1;
    this.seen += pair.seen;
    this.expected += pair.expected;
  }

  /**
   * What all of these have seen, with what is still going on: a burst has to count for little while it lasts. Where bad
   * requests come in clusters it is put so high that it is hardly ever more: too little would raise false alarms.
   */
  static of(meters: readonly Overdispersion[]): number {
    const open = meters.flatMap(({ former, current }) => (former && deviation(former, current)) ?? []);
    const sum = { pairs: open.length, seen: 0, expected: 0 };
    for (const part of open) {
      sum.seen += part.seen;
      sum.expected += part.expected;
    }
    for (const { pairs, seen, expected } of meters) {
      sum.pairs += pairs;
      sum.seen += seen;
      sum.expected += expected;
    }
    if (sum.pairs < leastPairs || sum.seen <= noticeable * sum.expected) return 1;
    const standardError = Math.sqrt(2 / sum.pairs);
    return (sum.seen / sum.expected) * (1 + standardErrors * standardError);
  }
}

/** How far one is off its share, squared, and how far it would be; null where that says nothing. */
function deviation(one: Bin, other: Bin): { seen: number; expected: number } | null {
  const bad = one.bad + other.bad;
  if (bad === 0 || one.requests === 0 || other.requests === 0) return null;
  const share = other.requests / (one.requests + other.requests);
  return { seen: (other.bad - bad * share) ** 2, expected: bad * share * (1 - share) };
}
