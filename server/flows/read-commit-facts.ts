import type { CommitFact } from "#server/domain/conditions.ts";
import type { Context } from "#server/kernel/context.ts";
import { listFacts } from "#server/services/conditions/list-facts.ts";
import { getService } from "#server/services/services/get-service.ts";

/** What was reported last about a commit of a service; NotFoundError where there is no such service. */
export async function readCommitFacts(
  ctx: Context,
  input: { serviceSlug: string; sha: string },
): Promise<CommitFact[]> {
  const service = await getService(ctx, input.serviceSlug);
  return (await listFacts(ctx, service.id, [input.sha])).get(input.sha) ?? [];
}
