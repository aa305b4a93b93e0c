/** What routers counted around a switch, from so long before it until so long after it. */
export interface SwitchCounts {
  requests: number;
  /** Answered 5xx, by the service or in its place. */
  serverErrors: number;
  aborted: number;
  /** Sent to the old pool by a router that had acknowledged the switch. */
  strays: number;
}

export const countedAroundSwitchMs = 5_000;
/** Counts of the last second may still be on their way. */
export const switchCountedAfterMs = 8_000;

/** `4,812 in the 10 s around it: 0 answered 5xx, 0 cut off, none begun on the old pool after the acknowledgement`. */
export function switchCountsText({ requests, serverErrors, aborted, strays }: SwitchCounts): string {
  const seconds = (2 * countedAroundSwitchMs) / 1_000;
  if (requests === 0) return `none came in the ${seconds} s around it`;
  const number = (count: number) => count.toLocaleString("en");
  const strayed = strays === 0 ? "none" : number(strays);
  return (
    `${number(requests)} in the ${seconds} s around it: ${number(serverErrors)} answered 5xx, ` +
    `${number(aborted)} cut off, ${strayed} begun on the old pool after the acknowledgement`
  );
}
