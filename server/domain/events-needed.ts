/**
 * How many bad requests it takes, at least, until a ratio of rates can be told, where the new release serves this share of
 * the requests: no valid test needs fewer. ln(1/α) over the divergence of what one bad request says.
 */
export function eventsNeeded(ratio: number, newShare: number, alpha: number): number {
  const theta = (newShare * ratio) / (newShare * ratio + 1 - newShare);
  const divergence =
    theta * Math.log(theta / newShare) + (1 - theta) * Math.log((1 - theta) / (1 - newShare));
  return Math.log(1 / alpha) / divergence;
}
