import { Evidence, noDifference, stakesOf, worseBy } from "./evidence.ts";
import { alphas } from "./verdict.ts";

/** What was served in a whole stretch of time. */
export interface Stretch {
  requests: number;
  bad: number;
}

/**
 * What speaks for worse and for no worse where the new release is held against times before it: the half hour before the
 * switch, and the same hours a day and a week before, as far as they are known. Nothing bounds how often it is wrong: the
 * world may have changed, too. Each of those times must say so, and clusters count for as little as they did then.
 */
export function weighAgainstPast(
  after: Stretch,
  befores: readonly Stretch[],
  settings: { overdispersion: number; margin: number },
): { worse: number; noWorse: number } {
  const known = befores.filter(({ requests }) => requests > 0);
  if (known.length === 0 || after.requests === 0) return { worse: 0, noWorse: 0 };
  const weighed = known.map((before) => {
    const [worse, noWorse] = [noDifference, worseBy(settings.margin)].map((hypothesis) => {
      const evidence = new Evidence(hypothesis);
      evidence.add(stakesOf(hypothesis, after.requests, before.requests), after.bad, before.bad);
      return evidence.logE(settings.overdispersion);
    });
    return { worse: worse ?? 0, noWorse: noWorse ?? 0 };
  });
  return {
    worse: Math.min(...weighed.map(({ worse }) => worse)),
    noWorse: Math.min(...weighed.map(({ noWorse }) => noWorse)),
  };
}

/**
 * The minutes right before a switch in which something rang already, from where it began; null where nothing did. They are a
 * time before of their own: what goes on as it was is nothing that the switch brought. `minutes` are in their order.
 */
export function ringingBefore(minutes: readonly Stretch[], margin: number): Stretch | null {
  let loudest: { worse: number; ringing: Stretch | null } = {
    worse: Math.log(1 / alphas.worse),
    ringing: null,
  };
  for (let length = 1; length < minutes.length; length += 1) {
    const calm = minutes.slice(0, -length);
    const ringing = sumOf(minutes.slice(-length));
    const settings = { overdispersion: pastOverdispersion(calm), margin };
    const { worse } = weighAgainstPast(ringing, [sumOf(calm)], settings);
    if (worse > loudest.worse) loudest = { worse, ringing };
  }
  return loudest.ringing;
}

function sumOf(minutes: readonly Stretch[]): Stretch {
  const sum = { requests: 0, bad: 0 };
  for (const { requests, bad } of minutes) {
    sum.requests += requests;
    sum.bad += bad;
  }
  return sum;
}

/** Variance over mean of the bad requests of each minute, as far as their rate alone does not explain it; 1 at least. */
export function pastOverdispersion(minutes: readonly Stretch[]): number {
  const served = minutes.filter(({ requests }) => requests > 0);
  const requests = served.reduce((sum, minute) => sum + minute.requests, 0);
  const bad = served.reduce((sum, minute) => sum + minute.bad, 0);
  if (served.length < 2 || bad === 0) return 1;
  const rate = bad / requests;
  const squares = served.reduce(
    (sum, minute) => sum + (minute.bad - minute.requests * rate) ** 2 / (minute.requests * rate),
    0,
  );
  return Math.max(1, squares / (served.length - 1));
}
