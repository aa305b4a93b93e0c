/**
 * How strongly what was counted speaks against a hypothesis, valid however often one looks: an e-process, a mixture of
 * likelihood ratios over many effects. Under the hypothesis it ever reaches 1/α with a chance of at most α (Ville's
 * inequality). Sources: Lindon & Malek, “Anytime-valid inference for multinomial count data”, NeurIPS 2022; Lindon, Sanden &
 * Shirikian, “Rapid regression detection in software deployments through sequential testing”, KDD 2022.
 */

/** What is doubted, as a log ratio of rates, and the alternatives that it is held against, with the weight of each. */
export interface Hypothesis {
  nullDelta: number;
  deltas: Float64Array;
  logWeights: Float64Array;
}

const points = 60;
const leastDelta = 0.05;
const mostDelta = Math.log(20);
const effects = Float64Array.from(
  { length: points },
  (_, place) => leastDelta + ((mostDelta - leastDelta) * place) / (points - 1),
);
const logWeights = normalized(effects.map((effect) => -effect));

/** That the new release is no worse than the old one: what speaks against it says `worse`. */
export const noDifference: Hypothesis = { nullDelta: 0, deltas: effects, logWeights };

/** That the new release is `ratio` times as bad as the old one, or more: what speaks against it says `no worse`. */
export function worseBy(ratio: number): Hypothesis {
  const margin = Math.log(ratio);
  return { nullDelta: margin, deltas: effects.map((effect) => margin - effect), logWeights };
}

/** What each alternative expects of a bucket more than the hypothesis does, in logs: the same for all its signals. */
export type Stakes = Float64Array;

/** `newRequests` and `oldRequests` are above 0. */
export function stakesOf(hypothesis: Hypothesis, newRequests: number, oldRequests: number): Stakes {
  const odds = newRequests / oldRequests;
  const ofNull = Math.log1p(odds * Math.exp(hypothesis.nullDelta));
  return hypothesis.deltas.map((delta) => Math.log1p(odds * Math.exp(delta)) - ofNull);
}

/** What was seen of one signal so far. */
export class Evidence {
  private readonly hypothesis: Hypothesis;
  private readonly logLikelihoods: Float64Array;

  constructor(hypothesis: Hypothesis) {
    this.hypothesis = hypothesis;
    this.logLikelihoods = new Float64Array(hypothesis.deltas.length);
  }

  /** Adds a bucket whose requests made these stakes: how many of them were bad, of the new release and of the old one. */
  add(stakes: Stakes, newBad: number, oldBad: number): void {
    const bad = newBad + oldBad;
    if (bad === 0) return;
    const { deltas, nullDelta } = this.hypothesis;
    for (let place = 0; place < deltas.length; place += 1) {
      const effect = (deltas[place] as number) - nullDelta;
      (this.logLikelihoods[place] as number) += newBad * effect - bad * (stakes[place] as number);
    }
  }

  /**
   * The logarithm of E. With an overdispersion above 1 every count is taken for so much less: bad requests that come in
   * clusters are no independent witnesses.
   */
  logE(overdispersion = 1): number {
    const { logWeights } = this.hypothesis;
    return logSumExp(
      logWeights.map((weight, place) => weight + (this.logLikelihoods[place] as number) / overdispersion),
    );
  }
}

/** The logarithm of the mean of what these are logarithms of. An average of e-values is an e-value; the largest is not. */
export function logMean(logs: readonly number[]): number {
  return logSumExp(Float64Array.from(logs)) - Math.log(logs.length);
}

function normalized(logs: Float64Array): Float64Array {
  const whole = logSumExp(logs);
  return logs.map((log) => log - whole);
}

function logSumExp(logs: Float64Array): number {
  const largest = logs.reduce((most, log) => Math.max(most, log), Number.NEGATIVE_INFINITY);
  if (largest === Number.NEGATIVE_INFINITY) return largest;
  return largest + Math.log(logs.reduce((sum, log) => sum + Math.exp(log - largest), 0));
}
