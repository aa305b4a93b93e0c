import { isFinished } from "#server/domain/deployment.ts";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { expectDuration } from "./expect-duration.ts";

/** Says of those that wait or run how long the like took. Finished ones stay as they are. */
export function addExpectations(ctx: Context, briefs: DeploymentBrief[]): Promise<DeploymentBrief[]> {
  return Promise.all(
    briefs.map(async (brief) => {
      if (isFinished(brief.status)) return brief;
      const { total } = await expectDuration(ctx, {
        serviceEnvironmentId: brief.serviceEnvironmentId,
        kind: brief.kind,
        makesArtifact: brief.kind === "deploy" || brief.kind === "roll-forward",
      });
      return { ...brief, expectedMs: total.p90Ms };
    }),
  );
}
