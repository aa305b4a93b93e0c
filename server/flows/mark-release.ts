import type { ReleaseBrief } from "#server/domain/read-models.ts";
import { type Context, demand, inTransaction } from "#server/kernel/context.ts";
import { ForbiddenError, NotFoundError } from "#server/kernel/errors.ts";
import { clearBadMark } from "#server/services/pipeline/clear-bad-mark.ts";
import { getRelease, type ReleaseWithSettings } from "#server/services/pipeline/get-release.ts";
import { markBad } from "#server/services/pipeline/mark-bad.ts";
import { getService } from "#server/services/services/get-service.ts";

/** Says of a release that it is bad, and why; with null that it is not, after all. */
export function markRelease(
  ctx: Context,
  input: { serviceSlug: string; releaseNumber: number; badReason: string | null },
): Promise<Pick<ReleaseBrief, "number" | "sha" | "badReason">> {
  demand(ctx, "deploy", input.serviceSlug);
  if (input.badReason === null && ctx.actor.kind === "token")
    throw new ForbiddenError(
      "Only a person takes a bad mark away: bringing the release back is theirs to answer for.",
    );
  return inTransaction(ctx, async (tx) => {
    const { id } = await find(tx, input);
    if (input.badReason === null) await clearBadMark(tx, { releaseId: id });
    else await markBad(tx, { releaseId: id, badReason: input.badReason });
    const { number, sha, badReason } = await find(tx, input);
    return { number, sha, badReason };
  });
}

async function find(
  tx: Context,
  { serviceSlug, releaseNumber }: { serviceSlug: string; releaseNumber: number },
): Promise<ReleaseWithSettings> {
  const service = await getService(tx, serviceSlug);
  const release = await getRelease(tx, service.id, { number: releaseNumber });
  if (release === null) throw new NotFoundError(`${service.name} has no release #${releaseNumber}.`);
  return release;
}
