import type { DeploymentKind } from "#server/domain/deployment.ts";
import type { Mitigation } from "#server/domain/incident.ts";
import type { NamelessDeployment } from "#server/services/deployments/list-between.ts";

/** What took the effect from users: the deployment that brought another release, else it went by itself, then. */
export function mitigationBy(
  fix: Pick<NamelessDeployment, "id" | "kind" | "switchedAt"> | null,
  steadySince: number,
): { how: Mitigation; deploymentId: number | null; at: Date } {
  if (fix === null || fix.switchedAt === null) {
    return { how: "itself", deploymentId: null, at: new Date(steadySince * 1_000) };
  }
  return { how: howOf(fix.kind), deploymentId: fix.id, at: fix.switchedAt };
}

function howOf(kind: DeploymentKind): Mitigation {
  return kind === "roll-forward" || kind === "switch-back" ? kind : "other-deployment";
}
