/**
 * Aho and Corasick's automaton over bytes: finds any number of patterns in one pass, at a cost that depends on neither
 * their number nor their likeness. A state stands for the longest end of the input that some pattern begins with.
 */
export class BytePatterns {
  /** How many bytes of a pattern a state stands for. */
  readonly depth: Int32Array;
  /** How many of those may still be the beginning of a longer one: of a pattern that is over and that none goes on from, few. */
  readonly undecided: Int32Array;
  /** The length of the longest pattern that ends in a state; 0 where none does. */
  readonly longest: Int32Array;
  /** Whether two bytes in a row can begin a pattern: what lies between patterns is passed over by it. */
  readonly starts = new Uint8Array(256 * 256);
  /** The byte that leads from a state to the one numbered after it; most have no other. */
  readonly #next: Int16Array;
  /** Where the table of the state's further children begins; 0 where it has none. */
  readonly #branch: Int32Array;
  #tables = new Int32Array(256 * 16);
  #tablesEnd = 256;
  readonly #fallback: Int32Array;
  #states = 1;

  /** Patterns are not empty. */
  constructor(patterns: readonly Uint8Array[]) {
    const most = 1 + patterns.reduce((sum, pattern) => sum + pattern.length, 0);
    this.depth = new Int32Array(most);
    this.undecided = new Int32Array(most);
    this.longest = new Int32Array(most);
    this.#next = new Int16Array(most).fill(-1);
    this.#branch = new Int32Array(most);
    this.#fallback = new Int32Array(most);
    for (const pattern of patterns) this.#add(pattern);
    this.#linkFallbacks();
  }

  /** The state after one more byte. */
  step(from: number, byte: number): number {
    for (let state = from; ; state = this.#fallback[state] as number) {
      const child = this.#child(state, byte);
      if (child !== 0) return child;
      if (state === 0) return 0;
    }
  }

  #child(state: number, byte: number): number {
    if (this.#next[state] === byte) return state + 1;
    const branch = this.#branch[state] as number;
    return branch === 0 ? 0 : (this.#tables[branch + byte] as number);
  }

  #add(pattern: Uint8Array): void {
    let state = 0;
    for (const byte of pattern) state = this.#child(state, byte) || this.#grow(state, byte);
    this.longest[state] = pattern.length;
    const [first = 0, second] = pattern;
    for (let other = 0; other < 256; other += 1) {
      // One that is over after a byte, or goes on behind a line break, begins with whatever follows.
      const isPossible = second === undefined || other === second || other === 10 || other === 13;
      if (isPossible) this.starts[(first << 8) | other] = 1;
    }
  }

  #grow(parent: number, byte: number): number {
    const state = this.#states;
    this.#states += 1;
    this.depth[state] = (this.depth[parent] as number) + 1;
    if (state === parent + 1) {
      this.#next[parent] = byte;
      return state;
    }
    // Asked for first: it may put a larger array in the place of this one.
    const branch = this.#branchOf(parent);
    this.#tables[branch + byte] = state;
    return state;
  }

  #branchOf(state: number): number {
    if (this.#branch[state] === 0) {
      if (this.#tablesEnd === this.#tables.length) {
        const larger = new Int32Array(this.#tables.length * 2);
        larger.set(this.#tables);
        this.#tables = larger;
      }
      this.#branch[state] = this.#tablesEnd;
      this.#tablesEnd += 256;
    }
    return this.#branch[state] as number;
  }

  /** In order of depth, so that each state finds those of its shorter ends ready. */
  #linkFallbacks(): void {
    const order = new Int32Array(this.#states);
    let end = 1;
    for (let at = 0; at < end; at += 1) {
      const parent = order[at] as number;
      for (const [byte, child] of this.#children(parent)) {
        const fallback = parent === 0 ? 0 : this.step(this.#fallback[parent] as number, byte);
        this.#fallback[child] = fallback;
        const goesOn = this.#next[child] !== -1 || this.#branch[child] !== 0;
        this.undecided[child] = (goesOn ? this.depth[child] : this.undecided[fallback]) as number;
        if (this.longest[child] === 0) this.longest[child] = this.longest[fallback] as number;
        order[end] = child;
        end += 1;
      }
    }
  }

  *#children(state: number): Generator<[byte: number, child: number]> {
    const next = this.#next[state] as number;
    if (next !== -1) yield [next, state + 1];
    const branch = this.#branch[state] as number;
    if (branch === 0) return;
    for (let byte = 0; byte < 256; byte += 1) {
      const child = this.#tables[branch + byte] as number;
      if (child !== 0) yield [byte, child];
    }
  }
}
