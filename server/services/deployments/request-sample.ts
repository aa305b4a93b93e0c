import { type DeploymentKind, stepNames } from "#server/domain/deployment.ts";
import type { Context } from "#server/kernel/context.ts";
import { request } from "./request.ts";

/** Asks for a deployment of a commit that nobody has built: what the queue's tests need, and no repository. */
export function requestSample(
  ctx: Context,
  serviceEnvironmentId: number,
  kind: DeploymentKind = "deploy",
): Promise<{ id: number }> {
  return request(ctx, {
    serviceEnvironmentId,
    kind,
    sha: "a".repeat(40),
    subject: "Change",
    authorName: "Ada",
    releaseId: null,
    reasons: [],
    steps: stepNames.map((name) => ({ name, skip: null })),
  });
}
