import { isFinished } from "#server/domain/deployment.ts";
import type { DeploymentBrief } from "#server/domain/read-models.ts";
import type { Context } from "#server/kernel/context.ts";
import { expectDuration } from "./expect-duration.ts";

type Expectable = Pick<DeploymentBrief, "serviceEnvironmentId" | "kind" | "status" | "makesArtifact">;

/** Says of those that wait or run how long the like took. */
export function addExpectations<Brief extends Expectable>(
  ctx: Context,
  briefs: readonly Brief[],
): Promise<(Brief & { expectedMs: number | null })[]> {
  return Promise.all(
    briefs.map(async (brief) => {
      if (isFinished(brief.status)) return { ...brief, expectedMs: null };
      const { total } = await expectDuration(ctx, brief);
      return { ...brief, expectedMs: total.p90Ms };
    }),
  );
}
