import { type Context, demand } from "#server/kernel/context.ts";
import { ValidationError } from "#server/kernel/errors.ts";
import { findBranch } from "#server/services/pipeline/find-branch.ts";
import { environmentOf, getService } from "#server/services/services/get-service.ts";
import { type AutomationWish, setAutomation as set } from "#server/services/services/set-automation.ts";
import type { Installation } from "./installation.ts";
import { openServiceMirror } from "./open-service-mirror.ts";

/** Says what a service environment deploys by itself. A branch must be there: ValidationError "branch" where it is not. */
export async function setAutomation(
  ctx: Context,
  wish: AutomationWish,
  installation: Installation,
): Promise<void> {
  demand(ctx, "manageServices", wish.slug);
  const service = await getService(ctx, wish.slug);
  environmentOf(service, wish.environmentSlug);
  if (wish.branch !== null) {
    const { mirror, problem } = await openServiceMirror(ctx, service, installation, { refresh: true });
    const head = await findBranch(mirror, wish.branch);
    if (head === null)
      throw new ValidationError(problem ?? `The repository has no branch ${wish.branch}.`, "branch");
  }
  await set(ctx, wish);
}
