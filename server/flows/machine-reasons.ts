import type { DeploymentPlan } from "#server/domain/read-models.ts";
import type { Reason } from "#server/domain/reasons.ts";
import type { Context } from "#server/kernel/context.ts";
import { findBadMark } from "#server/services/pipeline/find-bad-mark.ts";

/** What speaks for or against a plan where nobody looks at it before it starts: no machine brings back what is known bad. */
export async function machineReasons(ctx: Context, plan: DeploymentPlan): Promise<Reason[]> {
  const mark = plan.release === null ? null : await findBadMark(ctx, plan.release.id);
  if (mark === null) return plan.reasons;
  return [{ weight: "stops", text: `#${plan.release?.number} is known bad: ${mark}` }, ...plan.reasons];
}
