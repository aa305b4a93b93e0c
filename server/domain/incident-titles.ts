import type { WatchOutcome } from "./release-watch.ts";

/** What users feel of a release that is worse, as a sentence without its full stop: “6.0 % of requests fail, 1.0 % before”. */
export function verdictTitle({
  signal,
  ofNew,
  ofOld,
}: Pick<WatchOutcome, "signal" | "ofNew" | "ofOld">): string {
  if (signal?.kind === "latency") {
    if (ofNew.p95Ms === null || ofOld.p95Ms === null) return "Requests are slower than before";
    return `Requests are slower: p95 ${Math.round(ofNew.p95Ms)} ms, ${Math.round(ofOld.p95Ms)} ms before`;
  }
  return `${percent(ofNew)} of requests fail, ${percent(ofOld)} before`;
}

function percent({ errors, requests }: { errors: number; requests: number }): string {
  if (requests === 0) return "0 %";
  const rate = (errors / requests) * 100;
  return `${rate.toFixed(rate > 0 && rate < 0.1 ? 2 : 1)} %`;
}
