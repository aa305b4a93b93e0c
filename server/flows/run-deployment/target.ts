import type { Target } from "#server/domain/targets.ts";
import { processTarget } from "./process-target/process-target.ts";
import { type Run, settingsOf } from "./run.ts";
import { scriptTarget } from "./script-target/script-target.ts";

/** What the steps from `start` on do: it depends on where the release runs. */
export interface ReleaseTarget {
  /** Has the release run, as far as that goes before live traffic is its. Takes a pool for it: `run.pool`. */
  start(run: Run): Promise<void>;
  /** Proves that it can take the traffic. Throws StepError where it cannot. */
  verify(run: Run): Promise<void>;
  /** Makes it what is live. From its transaction on, the deployment can only succeed. */
  switchTraffic(run: Run): Promise<void>;
  /** Lets what is still open to what was live before end. */
  drain(run: Run): Promise<void>;
  /** Leaves nothing of a run that took a pool and did not get through. May be asked again. */
  abandon(run: Run): Promise<void>;
  /** What serves after that, in words. */
  whatServes(run: Run): string;
}

const releaseTargets: Record<Target, ReleaseTarget> = { process: processTarget, script: scriptTarget };

/** Only after `makeRelease`, which reads the settings. */
export function targetOf(run: Run): ReleaseTarget {
  return releaseTargets[settingsOf(run).target];
}
