/** Numbers that look random and are the same for the same seed, so that a round that went wrong is met again. */
export interface Random {
  /** A whole number of both ends and between. */
  between(least: number, most: number): number;
  chance(share: number): boolean;
  oneOf<T>(list: readonly T[]): T;
}

/** The generator is mulberry32, which is in the public domain. */
export function randomFrom(seed: number): Random {
  let state = seed >>> 0;
  const next = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const between = (least: number, most: number) => least + Math.floor(next() * (most - least + 1));
  return {
    between,
    chance: (share) => next() < share,
    oneOf: (list) => list[between(0, list.length - 1)] as (typeof list)[number],
  };
}
