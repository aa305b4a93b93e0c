import { whyNoDrain } from "#server/domain/targets.ts";
import { endDrain } from "#server/services/deployments/end-drain.ts";
import { leavePool } from "../leave-pool.ts";
import { skipStep } from "../run-step.ts";
import type { ReleaseTarget } from "../target.ts";
import { start } from "./start.ts";
import { switchTraffic } from "./switch-traffic.ts";
import { verify } from "./verify.ts";
import { whatServes } from "./what-serves.ts";

/**
 * Any command that releases. The pool that it takes has no instances: it holds the release's name for the pointer, so
 * that what is live is the pointer row here, too.
 */
export const scriptTarget: ReleaseTarget = {
  start,
  verify,
  switchTraffic,
  async drain(run) {
    await skipStep(run, "drain", whyNoDrain);
    await endDrain(run.ctx, run.lease);
  },
  async abandon(run) {
    await leavePool(run);
  },
  whatServes,
};
