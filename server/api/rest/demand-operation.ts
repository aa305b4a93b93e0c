import { demand } from "#server/kernel/context.ts";
import { ForbiddenError } from "#server/kernel/errors.ts";
import { demandAt } from "#server/services/deployments/demand-at.ts";
import type { Match } from "./find-operation.ts";
import type { Asked } from "./operation.ts";

/** ForbiddenError where the token was not given what the operation needs: said before anything of the input is. */
export async function demandOperation({ verb, token }: Asked, { operation, params }: Match): Promise<void> {
  const { needs, about } = operation;
  if (token === null || needs === "none" || needs === "any token") return;
  if (!token.actor.permissions.includes(needs)) {
    throw new ForbiddenError(`The token ${token.actor.name} was not given \`${needs}\`.`);
  }
  if (about === "service") demand(verb, needs, params.slug);
  if (about === "portal") demand(verb, needs);
  const deploymentId = Number(params.id);
  if (about === "deployment" && Number.isSafeInteger(deploymentId))
    await demandAt(verb, needs, { deploymentId });
}
