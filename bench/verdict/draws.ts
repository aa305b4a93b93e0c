import type { Random } from "../chaos/random.ts";

/** Numbers of events and where they fall, drawn for simulations. */
export interface Draws {
  uniform(): number;
  poisson(mean: number): number;
  binomial(trials: number, share: number): number;
  gaussian(): number;
}

export function drawsFrom(random: Random): Draws {
  const uniform = () => random.between(0, 0x3fffffff) / 0x40000000;
  const gaussian = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  /** Knuth's way where the mean is small; above that in parts. */
  function poisson(mean: number): number {
    if (mean > 30) return poisson(30) + poisson(mean - 30);
    const limit = Math.exp(-mean);
    let count = 0;
    for (let product = uniform(); product > limit; product *= uniform()) count += 1;
    return count;
  }
  function binomial(trials: number, share: number): number {
    let count = 0;
    for (let trial = 0; trial < trials; trial += 1) if (uniform() < share) count += 1;
    return count;
  }
  return { uniform, poisson, binomial, gaussian };
}
